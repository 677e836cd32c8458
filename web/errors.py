"""Pages and fragments for what went wrong: 400, 403, 404, 500, out-of-date forms, FastPix's trouble."""

import sys
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _

RETRY_SECONDS: Final = 5  # a database that restarts is back by then, more often than not


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request nobody's page sends."""
    return told(request, status=400, what=_("This request cannot be read"), template="400.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but the role does not allow it."""
    return told(request, status=403, what=_("Your role does not allow this"), template="403.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing there, or not for this person. What a page still offers was most likely deleted meanwhile."""
    stale = request.headers.get("HX-Request") == "true"
    what = _("This is no longer there. It may have been deleted meanwhile: reload the page.") if stale else None
    return told(request, status=404, what=what or _("Nothing is here"), template="404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own mistake; 503 where the database is away or too busy. Needs neither database nor cache."""
    # Django calls this while it handles the exception
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = told(request, status=503, what=_("The console’s database does not answer"), template="503.html")
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    return told(request, status=500, what=_("The console made a mistake"), template="500.html")


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without a valid CSRF token: in practice a page left open across a sign-in or sign-out."""
    what = _("This page is out of date. Reload it, then do it again.")
    return told(request, status=403, what=what, template="csrf.html")


def told(
    request: HttpRequest,
    *,
    status: int,
    what: str,
    template: str,
    remote_request_id: str = "",
    perhaps_done: bool = True,
) -> HttpResponse:
    """The answer that says `what` happened: a fragment for htmx, else the page `template`.

    `perhaps_done`: whether FastPix may have done what an act asked for, so that a person looks before repeating it.
    502 pages sit in the frame, and 403 and 404 for a person who is signed in; the others must also work where there is
    no database, no session and no person.
    """
    fragment = request.headers.get("HX-Request") == "true"
    framed = status == 502 or (status in {403, 404} and template != "csrf.html" and _signed_in(request))
    reading = request.method in {"GET", "HEAD"}
    content = {
        "what": what,
        "holds": _held(reading=reading, perhaps_done=perhaps_done) if status >= 500 else "",
        "retry": request.get_full_path() if reading and status >= 500 else "",
        "page": not fragment,
        "framed": framed,
        "request_id": getattr(request, "request_id", ""),
        "remote_request_id": remote_request_id,
    }
    name = "_partials/error.html" if fragment else template
    try:
        body = render_to_string(name, content, request=request if framed and not fragment else None)
    except TemplateDoesNotExist:
        body = conditional_escape(what)
    response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-store, private"
    if fragment:
        # the page's own script shows a fragment as it is and puts its own words over any other body
        response["X-Error"] = "fragment"
    return response


def _signed_in(request: HttpRequest) -> bool:
    """Whether a frame can be drawn; requests that failed before the session was read have no person."""
    return bool(getattr(getattr(request, "user", None), "is_authenticated", False))


def _held(*, reading: bool, perhaps_done: bool) -> str:
    if reading:
        return _("What this console already knows is untouched.")
    if not perhaps_done:
        return _("Nothing was changed, neither here nor at FastPix.")
    return _("What this console holds is untouched. FastPix may or may not have done it: look before you do it again.")
