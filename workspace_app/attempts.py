"""How often one network may present a one-time token that does not fit."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest

from workspace_app.caching import or_else

_RATES = {"one_time_token": "20/m/ip"}


def may_try_token(request: HttpRequest) -> bool:
    """Count one wrong token; False when this network has used up its 20 a minute.

    Without a cache nothing is counted: a token has 256 bits, so the limit only keeps the noise down.
    """

    def count() -> bool:
        usage = ratelimit.consume(request, app="workspace_app", action="one_time_token", config=_RATES, limit_get=True)
        return usage is not None

    return or_else(count, otherwise=True)
