"""Signing keys under /v1/iam/signing-keys. Only the public half is kept here."""

import asyncio
import base64
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import Response

from sandbox import checks, errors, paging, world
from sandbox.answers import ok
from sandbox.times import now

BITS = 2048
BREATH = 1.0  # seconds after an answer, before the next key is made: that takes a while
_spare: list[rsa.RSAPrivateKey] = []


async def create(request: Request) -> Response:
    """A 2048-bit RSA key: the private half once, as base64 of a PKCS#8 PEM with its body on one line (recorded)."""
    here = world.of(request)
    key = _spare.pop() if _spare else _generated()
    asyncio.get_running_loop().call_later(BREATH, _stock)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    made = {
        "id": str(uuid4()),
        "privateKey": base64.b64encode(_one_line(private).encode()).decode(),
        "createdAt": now(),
    }
    here.store.run(
        "INSERT INTO signing_keys (id, created_at, public_pem) VALUES (?, ?, ?)",
        [made["id"], made["createdAt"], _one_line(public)],
    )
    return ok(made, status=201)


async def list_all(request: Request) -> Response:
    """GET: ids and dates only (recorded)."""
    here, page = world.of(request), paging.asked(request, ordered=False)
    rows, pagination = page.rows(here.store, "signing_keys")
    return ok([{"id": row["id"], "createdAt": row["created_at"]} for row in rows], pagination=pagination)


async def get(request: Request) -> Response:
    """GET: the public half, with its body on one line (recorded)."""
    here = world.of(request)
    row = here.store.one("SELECT * FROM signing_keys WHERE id = ?", [checks.identifier(request, "signingKeyId")])
    if row is None:
        raise errors.Refusal(404, "Signing key Not Found")
    return ok({"workspaceId": here.workspace_id, "signingKeyId": row["id"], "publicKey": row["public_pem"]})


async def delete(request: Request) -> Response:
    """Its tokens stop working at once (documented)."""
    here = world.of(request)
    if not here.store.run("DELETE FROM signing_keys WHERE id = ?", [checks.identifier(request, "signingKeyId")]):
        raise errors.Refusal(404, "Signing key Not Found")
    return ok({"message": "signing key deleted successfully"})


def _stock() -> None:
    if not _spare:
        _spare.append(_generated())


def _generated() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)


def _one_line(pem: bytes) -> str:
    head, *body, foot = pem.decode().strip().splitlines()
    return f"{head}\n{''.join(body)}\n{foot}\n"
