"""The first visit: who runs this console."""

from typing import Any

from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from workspace_app import installation
from workspace_app.access import public
from workspace_app.attempts import may_try_token
from workspace_app.forms import NewPerson


@sensitive_post_parameters("password", "token")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def setup(request: Any) -> HttpResponse:
    """Make the first administrator, sign them in, go on to the first workspace. Gone once anybody exists."""
    if installation.is_set_up():
        raise Http404
    token = request.POST.get("token") or request.GET.get("token", "")
    if not installation.token_fits(token):
        allowed = not token or may_try_token(request)
        return render(request, "workspace_app/setup_refused.html", status=403 if allowed else 429)
    form = NewPerson(request.POST or None)
    if form.is_valid():
        try:
            user = installation.make_first_administrator(token, **form.cleaned_data)
        except installation.AlreadySetUp as late:
            raise Http404 from late
        login(request, user)
        return redirect("workspace:workspace_add")
    context = {"form": form, "token": token}
    return render(request, "workspace_app/setup.html", context, status=422 if form.errors else 200)
