"""How often one network may present a one-time token that does not fit."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest

_RATES = {"one_time_token": "20/m/ip"}


def may_try_token(request: HttpRequest) -> bool:
    """Count one wrong token; False when this network has used up its 20 a minute."""
    counted = ratelimit.consume(request, app="workspace_app", action="one_time_token", config=_RATES, limit_get=True)
    return counted is not None
