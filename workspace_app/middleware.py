"""The person behind the request: their time zone, their way back to sign-in, and what their pages may load."""

import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from workspace_app.hosts import origin
from workspace_app.models import Workspace
from workspace_app.roles import Can

Next = Callable[[HttpRequest], HttpResponse]


def person(get_response: Next) -> Next:
    """Times in the person's zone; an htmx request after the session ended leads the whole page to sign-in."""

    def answer(request: Any) -> HttpResponse:
        request.workspace, request.member, request.can = None, None, Can("")
        with timezone.override(zone_of(request.user)):
            response = get_response(request)
        if request.workspace is not None:
            _allow(response, request.workspace)
        if request.htmx and not request.user.is_authenticated and _leads_to_sign_in(response):
            return _sign_in_again(request)
        return response

    return answer


def zone_of(user: Any) -> zoneinfo.ZoneInfo:
    """The person's own zone; the installation's where they chose none or the zone is no longer known."""
    try:
        return zoneinfo.ZoneInfo(getattr(user, "time_zone", "") or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def _allow(response: HttpResponse, workspace: Workspace) -> None:
    """Let this page load from the workspace's hosts, and from no other workspace's."""
    addresses = (workspace.stream_url, workspace.images_url, workspace.upload_url)
    origins = sorted({found for address in addresses if (found := origin(address))})
    update: dict[str, list[str]] = dict(getattr(response, "_csp_update", None) or {})
    for directive in ("connect-src", "img-src", "media-src"):
        update[directive] = [*update.get(directive, []), *origins]
    response._csp_update = update  # type: ignore[attr-defined]


def _leads_to_sign_in(response: HttpResponse) -> bool:
    return response.status_code == 302 and urlsplit(response["Location"]).path == resolve_url(settings.LOGIN_URL)


def _sign_in_again(request: Any) -> HttpResponse:
    """Back to the page the fragment sits in, not to the fragment's own address."""
    page = request.htmx.current_url_abs_path or "/"
    if not url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        page = "/"
    return HttpResponseClientRedirect(redirect_to_login(page)["Location"])
