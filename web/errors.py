"""Pages and fragments for what went wrong: 400, 403, 404, 500, out-of-date forms, FastPix's trouble."""

from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request nobody's page sends."""
    return told(request, status=400, what=_("This request cannot be read"), template="400.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but the role does not allow it."""
    return told(request, status=403, what=_("Your role does not allow this"), template="403.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing there, or not for this person."""
    return told(request, status=404, what=_("Nothing is here"), template="404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own mistake. Needs neither database nor cache."""
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
    Only 502 pages sit in the frame; the others must also work where there is no database, no session and no person.
    """
    fragment = request.headers.get("HX-Request") == "true"
    reading = request.method in {"GET", "HEAD"}
    content = {
        "what": what,
        "holds": _held(reading=reading, perhaps_done=perhaps_done) if status >= 500 else "",
        "retry": request.get_full_path() if reading and status >= 500 else "",
        "page": not fragment,
        "request_id": getattr(request, "request_id", ""),
        "remote_request_id": remote_request_id,
    }
    name = "_partials/error.html" if fragment else template
    try:
        body = render_to_string(name, content, request=request if status == 502 and not fragment else None)
    except TemplateDoesNotExist:
        body = conditional_escape(what)
    response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-store, private"
    if fragment:
        # the page's own script shows a fragment as it is and puts its own words over any other body
        response["X-Error"] = "fragment"
    return response


def _held(*, reading: bool, perhaps_done: bool) -> str:
    if reading:
        return _("What this console already knows is untouched.")
    if not perhaps_done:
        return _("Nothing was changed, neither here nor at FastPix.")
    return _("What this console holds is untouched. FastPix may or may not have done it: look before you do it again.")
