"""Who may reach a view. Every view names it with exactly one of these decorators, and a test walks all addresses.

Each decorator leaves its answer on the view as `access`: a verb, "signed_in", "installation_admin" or "public".
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from workspace_app.models import Member
from workspace_app.roles import Can, Verb

View = Callable[..., HttpResponseBase]


def needs(verb: Verb) -> Callable[[View], View]:
    """Only for members of the workspace in the address whose role holds `verb`.

    Takes the keyword `slug` out of the address and sets request.workspace, request.member and request.can. Strangers
    get the same 404 as for a workspace that does not exist; members without the verb get 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, slug: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            _enter(request, slug)
            if verb not in request.can:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return _named(guarded, verb)

    return decorate


def signed_in(view: View) -> View:
    """For everyone who is signed in, whatever their workspaces."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return _named(guarded, "signed_in")


def installation_admin(view: View) -> View:
    """Only for those who may add workspaces to this installation; everyone else who is signed in gets 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return _named(guarded, "installation_admin")


def public(view: View) -> View:
    """For everyone, also without an account. Such a view guards itself (a token) or has nothing to guard."""
    return _named(login_not_required(view), "public")


def _enter(request: Any, slug: str) -> None:
    member = Member.objects.select_related("workspace").filter(user=request.user, workspace__slug=slug).first()
    if member is None:
        raise Http404
    member.user = request.user
    request.member, request.workspace, request.can = member, member.workspace, Can(member.role)


def _named(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
