"""Request types for annotations; nothing here runs."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request after django-htmx's middleware, with the id its log lines and error pages carry."""

    htmx: HtmxDetails
    request_id: str
