"""The person's own account."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workspace_app.access import signed_in
from workspace_app.forms import AccountForm
from workspace_app.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def account_edit(request: Any) -> HttpResponse:
    """Name, time zone and theme; everything that gives rights is somebody else's to change."""
    # a copy: a refused form leaves the person in the frame as they are
    form = AccountForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workspace:account_edit")
    return render(request, "workspace_app/account_edit.html", {"form": form}, status=422 if form.errors else 200)
