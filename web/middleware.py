"""What every answer passes through."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: Next) -> Next:
    return get_response


def no_store(get_response: Next) -> Next:
    return get_response


def sentences(get_response: Next) -> Next:
    return get_response
