"""This installation's first run: one token, one first administrator."""

import hashlib
import secrets

from django.db import transaction
from django.db.models.functions import Now

from workspace_app.models import Installation, User


class AlreadySetUp(Exception):
    """Somebody else was first, or the token is not the one that counts."""


def is_set_up() -> bool:
    """Whether anybody exists; from then on the first-run page is gone."""
    return User.objects.exists() or Installation.objects.filter(set_up_at__isnull=False).exists()


def new_setup_token() -> str:
    """Make a first-run token; only its sha256 is kept, and the one before is worth nothing any more."""
    token = secrets.token_urlsafe(32)
    Installation.objects.get_or_create(singleton=True)
    Installation.objects.filter(set_up_at__isnull=True).update(setup_token_sha256=digest(token))
    return token


def token_fits(token: str) -> bool:
    """Whether `token` is the first-run token in force."""
    kept = Installation.objects.filter(set_up_at__isnull=True).values_list("setup_token_sha256", flat=True).first()
    return bool(kept) and secrets.compare_digest(digest(token), kept or "")


@transaction.atomic
def make_first_administrator(token: str, *, email: str, password: str, name: str = "", time_zone: str = "") -> User:
    """The first person, who may do everything. Raises AlreadySetUp.

    The token is spent by one conditional UPDATE in the same transaction: of two who race, one changes the row.
    """
    open_row = Installation.objects.filter(set_up_at__isnull=True, setup_token_sha256=digest(token))
    if not open_row.update(set_up_at=Now(), setup_token_sha256="") or User.objects.exists():
        raise AlreadySetUp
    return User.objects.create_user(email, password, name=name, time_zone=time_zone, is_superuser=True)


@transaction.atomic
def ensure_administrator(email: str, password: str) -> tuple[User, bool]:
    """The administrator the environment names, and whether they were made just now.

    An existing account is left alone: its password and rights are the person's own business.
    """
    Installation.objects.get_or_create(singleton=True)
    Installation.objects.filter(set_up_at__isnull=True).update(set_up_at=Now(), setup_token_sha256="")
    existing = User.objects.filter(email=email.strip().lower()).first()
    if existing:
        return existing, False
    return User.objects.create_user(email, password, is_superuser=True), True


def digest(token: str) -> str:
    """What is kept of a one-time token."""
    return hashlib.sha256(token.encode()).hexdigest()
