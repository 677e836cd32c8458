"""Leases on upload rows, by the database's clock (one clock for every process)."""

from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, Q
from django.db.models.functions import Now

# A holder renews between blocks; with the sweep each 15 s a dead one is replaced within a minute.
HELD_SECONDS = 30


def until(seconds: float = HELD_SECONDS) -> "ExpressionWrapper[Any]":
    """The moment `seconds` from now, for an UPDATE."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


def free() -> Q:
    """Nobody holds the row, or the holder died."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=Now())


def due() -> Q:
    """The row does not wait for a later try."""
    return Q(next_try_at__isnull=True) | Q(next_try_at__lte=Now())
