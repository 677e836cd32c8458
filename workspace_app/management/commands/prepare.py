"""`manage.py prepare`: what a start needs in the database, safe to run at every start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from workspace_app import installation, sandbox
from workspace_app.models import User, Workspace


class Command(BaseCommand):
    """Says in one line how to get in: `setup-token: <url>` while nobody exists, `sign-in: <e-mail>` afterwards."""

    help = "Create what the environment asks for and print how to get in."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        sandbox.refresh()
        try:
            way_in = _administrator() or _way_in()
        except LookupError as reason:
            self.stderr.write(str(reason))
            way_in = _way_in()
        self.stdout.write(way_in)


def _administrator() -> str:
    """CONSOLE_ADMIN_EMAIL and CONSOLE_ADMIN_PASSWORD: the administrator, and the sandbox as their first workspace."""
    wanted = settings.ENVIRONMENT
    if not wanted.admin_email:
        return ""
    user, made = installation.ensure_administrator(wanted.admin_email, wanted.admin_password)
    if settings.SANDBOX_URL and (made or not Workspace.objects.exists()):
        sandbox.connect(user)
    return f"sign-in: {user.email}"


def _way_in() -> str:
    first = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if first or installation.is_set_up():
        return f"sign-in: {first.email if first else ''}"
    return f"setup-token: {settings.PUBLIC_URL}{reverse('workspace:setup')}?token={installation.new_setup_token()}"
