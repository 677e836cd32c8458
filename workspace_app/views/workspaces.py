"""The person's workspaces, and adding one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workspace_app import sandbox
from workspace_app.access import installation_admin, signed_in
from workspace_app.forms import WorkspaceForm
from workspace_app.models import Member, Workspace
from workspace_app.services import connection, workspaces


@require_safe
@signed_in
def workspace_list(request: Any) -> HttpResponse:
    """Every workspace the person works in, with their role."""
    memberships = Member.objects.filter(user=request.user).select_related("workspace").order_by("workspace__name")
    return render(request, "workspace_app/workspace_list.html", {"memberships": memberships})


@sensitive_post_parameters("secret_key")
@require_http_methods(["GET", "HEAD", "POST"])
@installation_admin
def workspace_add(request: Any) -> HttpResponse:
    """Connect a FastPix workspace: kept only when FastPix accepts the credentials."""
    form, finding = WorkspaceForm(request.POST or None), None
    if form.is_valid():
        workspace = form.save(commit=False)
        finding = connection.test(workspace)
        if finding.fine:
            try:
                workspaces.add(workspace, by=request.user)
            except IntegrityError:
                form.add_error("slug", _("This address is taken."))
            else:
                return redirect("workspace:webhook_set_up", slug=workspace.slug)
    context = {"form": form, "finding": finding, "sandbox": _offered_sandbox(request.user)}
    return render(request, "workspace_app/workspace_add.html", context, status=422 if request.POST else 200)


@sensitive_post_parameters("secret_key")
@require_POST
@installation_admin
def workspace_try(request: Any) -> HttpResponse:
    """Test what the form holds, and keep nothing."""
    form = WorkspaceForm(request.POST)
    form.is_valid()
    wrong = {name: errors for name, errors in form.errors.items() if name not in {"name", "slug"}}
    if wrong:
        names = ", ".join(str(form[name].label) for name in wrong if name in form.fields)
        sentence = _("Not tested: %(fields)s cannot be used as it is.") % {"fields": names}
        return _finding(request, connection.Finding(False, sentence), 422)
    typed = {name: form.cleaned_data[name] for name in form.fields if name not in {"name", "slug"}}
    return _finding(request, connection.test(Workspace(**typed)), 200)


@require_POST
@installation_admin
def sandbox_connect(request: Any) -> HttpResponse:
    """The sandbox in one click."""
    try:
        workspace = sandbox.connect(request.user)
    except LookupError as reason:
        messages.error(request, str(reason))
        return redirect("workspace:workspace_add")
    return redirect("media:media_list", slug=workspace.slug)


def _offered_sandbox(user: Any) -> bool:
    """Offered where one runs and the person is not in it yet."""
    return bool(settings.SANDBOX_URL) and not Member.objects.filter(user=user, workspace__slug=sandbox.SLUG).exists()


def _finding(request: Any, finding: connection.Finding, status: int) -> HttpResponse:
    return render(request, "workspace_app/_finding.html", {"finding": finding}, status=status)
