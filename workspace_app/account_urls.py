"""The four pages of allauth this console has. Everything else of it has no address."""

from typing import NoReturn

from allauth.account import views
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from workspace_app.access import public


@public
def signup(request: HttpRequest) -> NoReturn:
    """allauth's sign-in page asks for this name; people come in by invitation."""
    raise Http404


@public
def login(request: HttpRequest) -> HttpResponseBase:
    """allauth's sign-in page. It counts failures in the cache: without one nobody is let in, and the page says so."""
    try:
        answer: HttpResponseBase = views.login(request)
    except (RedisError, OSError):
        return render(request, "account/login_waits.html", status=503)
    return answer


urlpatterns = [
    path("login/", login, name="account_login"),
    path("logout/", require_POST(views.logout), name="account_logout"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("signup/", signup, name="account_signup"),
]
