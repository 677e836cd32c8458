"""What every answer passes through."""

import logging
import re
import uuid
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from web import errors
from web.logs import current_request

Next = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger(__name__)
GIVEN_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")


def request_id(get_response: Next) -> Next:
    """Every request has an id: the proxy's `X-Request-ID` where it is a plain one, else our own.

    Log lines and error pages carry it, the answer says it in `X-Request-ID`.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        name = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex[:12]
        request.request_id = name  # type: ignore[attr-defined]
        token = current_request.set(name)
        try:
            response = get_response(request)
        finally:
            current_request.reset(token)
        response["X-Request-ID"] = name
        return response

    return answer


def no_store(get_response: Next) -> Next:
    """Pages are nobody's to keep: not a proxy's, and not the browser's after sign-out. A view may say otherwise."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        patch_vary_headers(response, ["HX-Request"])
        return response

    return answer


def sentences(get_response: Next) -> Next:
    """Errors that carry a `sentence` (FastPix did not answer, refused, …) become that sentence, once, here.

    An htmx request gets a fragment to be shown where the content would be, a page request a page within the frame; both
    with status 502, the request id and, where FastPix gave one, FastPix's.
    """

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        sentence = getattr(exception, "sentence", None)
        if not sentence:
            return None
        log.warning("%s: %s", type(exception).__name__, exception, extra={"path": request.path})
        response = errors.told(
            request,
            status=502,
            what=str(sentence),
            template="502.html",
            remote_request_id=str(getattr(exception, "request_id", "") or ""),
            perhaps_done=getattr(exception, "perhaps_done", True),
        )
        if patience := getattr(exception, "retry_after", None):
            response["Retry-After"] = str(max(1, round(patience)))
        return response

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    # Django looks for this hook on what a factory returns; a `try` around get_response would see a finished 500.
    answer.process_exception = process_exception  # type: ignore[attr-defined]
    return answer
