"""The four pages of allauth this console has. Everything else of it has no address."""

from typing import NoReturn

from allauth.account import views
from django.http import Http404, HttpRequest
from django.urls import path
from django.views.decorators.http import require_POST

from workspace_app.access import public


@public
def signup(request: HttpRequest) -> NoReturn:
    """allauth's sign-in page asks for this name; people come in by invitation."""
    raise Http404


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", require_POST(views.logout), name="account_logout"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("signup/", signup, name="account_signup"),
]
