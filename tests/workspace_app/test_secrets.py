"""A secret goes in and never comes out: not in pages, not in the timeline, not in the database file, not in logs."""

import json
import logging
from base64 import b64encode
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import serializers
from django.db import connection

from workspace_app import signing_keys
from workspace_app.models import SigningKey, Workspace
from workspace_app.secrets_at_rest import SecretUnreadable, decrypt, encrypt
from workspace_app.services import workspaces

CANARY = "canary-8f1d2c7b"
CANARY_BASE64 = "Y2FuYXJ5LThmMWQyYzdi"


@pytest.fixture
def canaries(workspace, admin):
    """Every secret of a workspace is a canary, put in through the front where a form exists."""
    workspaces.change_connection(workspace, {"secret_key": CANARY}, by=admin.user)
    workspaces.change_webhook_secret(workspace, CANARY_BASE64, by=admin.user)
    workspaces.change_webhook_secret(workspace, "bmV4dA==", by=admin.user)
    SigningKey.objects.create(workspace=workspace, remote_id="k", private_key=CANARY)
    return workspace


def stored():
    """Every value of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield from (str(row) for row in cursor.fetchall())


def test_the_database_holds_them_encrypted_only(canaries):
    """RELIABILITY 60: secrets stay where they belong."""
    everything = "\n".join(stored())
    assert "Harbor" in everything
    assert CANARY not in everything
    assert CANARY_BASE64 not in everything
    again = Workspace.objects.get()
    assert (again.secret_key, again.webhook_secret_previous) == (CANARY, CANARY_BASE64)


@pytest.mark.parametrize(
    "page", ["settings/", "settings/endpoint/", "settings/webhooks/", "settings/webhooks/state/", "members/", "media/"]
)
def test_no_page_shows_them(canaries, admin, page):
    """RELIABILITY 60: secrets stay where they belong."""
    html = admin.get(f"/w/harbor/{page}").content.decode()
    assert CANARY not in html
    assert CANARY_BASE64 not in html


def test_a_refused_form_does_not_send_them_back(canaries, admin, caplog):
    """RELIABILITY 60: secrets stay where they belong."""
    with caplog.at_level(logging.DEBUG):
        page = admin.post("/w/harbor/settings/webhooks/secret/", {"secret": CANARY + "!"})
        again = admin.post("/w/harbor/settings/connection/", {"token_id": "", "secret_key": CANARY})
    for answer in (page, again):
        assert answer.status_code == 422
        assert CANARY not in answer.content.decode()
    assert CANARY not in caplog.text


def test_the_timeline_does_not_tell_them(canaries):
    """RELIABILITY 60: secrets stay where they belong."""
    entries = serializers.serialize("json", canaries.timeline.all())
    assert len(json.loads(entries)) == 3
    assert CANARY not in entries
    assert CANARY_BASE64 not in entries


def test_a_rotated_key_still_reads_and_a_lost_one_says_so(settings):
    """RELIABILITY 61: keys change and get lost."""
    old, new = settings.FIELD_ENCRYPTION_KEYS[0], "kD5hZzVnbtMZ3Jq6kG9sY2pQ1rT0uVwXyZaBcDeFgH0="
    token = encrypt(b"x")
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert decrypt(token) == b"x"
    settings.FIELD_ENCRYPTION_KEYS = [new]
    with pytest.raises(SecretUnreadable):
        decrypt(token)


def test_a_signing_key_is_kept_and_makes_tokens(workspace, admin, fastpix):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    assert signing_keys.token_for(workspace, "p", lifetime=timedelta(hours=1)) is None
    fastpix.says(201, {"success": True, "data": {"id": "kid-1", "privateKey": b64encode(pem).decode()}})
    Workspace.objects.update(api_url=fastpix.url)
    workspace.refresh_from_db()
    signing_keys.create(workspace, admin.user, keep=True)
    token = signing_keys.token_for(workspace, "p", lifetime=timedelta(hours=1))
    assert jwt.get_unverified_header(token)["kid"] == "kid-1"
    claims = jwt.decode(token, key.public_key(), algorithms=["RS256"], audience="media:p")
    assert claims["exp"] - claims["iat"] == 3600
    assert workspace.timeline.get().verb == "signing_key_created"
    assert b64encode(pem).decode()[:40] not in "\n".join(stored())
