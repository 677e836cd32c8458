"""The person behind the request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]


def person(get_response: Next) -> Next:
    return get_response
