"""Signing keys: they sign the tokens that private playback asks for."""

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


class SigningKeys:
    """The workspace's signing keys. All raise Unreachable, Unauthorized, Forbidden, RateLimited, Broken."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self) -> Answer:
        """A new key: id, privateKey (base64 of a PKCS#8 PEM), createdAt. The private key is told once (recorded)."""
        return self._call("POST", "/iam/signing-keys", expect=dict)

    def list(self, *, limit: int = 10, offset: int = 1) -> Answer:
        """One page of keys: id and createdAt only. `limit` 1 to 50, `offset` a page number from 1."""
        return self._call("GET", "/iam/signing-keys", query={"limit": limit, "offset": offset}, expect=list)

    def get(self, key_id: str) -> Answer:
        """One key: workspaceId, signingKeyId, publicKey (PEM). Raises NotFound."""
        return self._call("GET", f"/iam/signing-keys/{part(key_id)}", expect=dict)

    def delete(self, key_id: str) -> Answer:
        """Delete a key; tokens it signed end at once (documented). Raises NotFound."""
        return self._call("DELETE", f"/iam/signing-keys/{part(key_id)}")
