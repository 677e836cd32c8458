"""How people sign in: allauth's flows with signup closed and redirects kept at home."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal.ratelimit import truncate_ip
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from workspace_app.models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come in by invitation only, and always return to this console."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail and password do not match. Check both."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your current password."),
        "too_many_login_attempts": _("Too many failed attempts from your network. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Never: an administrator invites."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only paths on this very host; also used for `next`."""
        request: HttpRequest = context.request
        return bool(url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()))

    def reauthenticate(self, user: User, password: str) -> bool:
        """By the login e-mail: allauth's own address table is not used here."""
        return bool(self.authenticate(context.request, email=user.email, password=password) == user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG002 - as above
        """A disabled account with the right password is told so."""
        return render(request, "account/account_inactive.html", status=403)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what happened; allauth's own messages are left out."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Counted per account and network: a stranger who guesses at a known e-mail locks out their own network, not
        # the person (allauth 65.21.1 counts per account only).
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{truncate_ip(self.get_client_ip(request))}"
