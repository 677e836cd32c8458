"""Secrets in the database: encrypted text under our own key list, newest key first."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class SecretUnreadable(Exception):
    """A stored secret was written under a key that FIELD_ENCRYPTION_KEYS no longer lists."""


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def box() -> MultiFernet:
    """The keys in force: the first encrypts, every one decrypts."""
    return _box(tuple(settings.FIELD_ENCRYPTION_KEYS))


def encrypt(secret: bytes) -> bytes:
    """Encrypt with the newest key."""
    return box().encrypt(secret)


def decrypt(token: bytes) -> bytes:
    """Decrypt with any listed key. Raises SecretUnreadable."""
    try:
        return box().decrypt(token)
    except InvalidToken as error:
        raise SecretUnreadable("A stored secret cannot be read with the keys in FIELD_ENCRYPTION_KEYS.") from error


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that only this process can read; "" stays "" so that "is one set" needs no key."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value.encode()).decode() if value else ""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:  # noqa: ARG002 - Django's signature
        return decrypt(value.encode()).decode() if value else ""
