"""A workspace: one FastPix workspace as this console holds it, and who works in it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from workspace_app.roles import Role
from workspace_app.secrets_at_rest import EncryptedTextField


class Workspace(models.Model):
    """Credentials, hosts and webhook secrets of one FastPix workspace.

    `slug` never changes: webhook addresses and bookmarks hold it. `remote_id` is FastPix's own workspace UUID, learned
    from the first answer or event that carries it; from then on credentials or events of another are refused.
    `proved_token_id` is the Token ID that has shown that very workspace: only its answers may declare things gone.
    `webhook_secret_at` says since when the secret is the one in use; `keep_events_days` for how long events are kept.
    """

    class Keep(models.IntegerChoices):
        WEEK = 7, _("7 days")
        MONTH = 30, _("30 days")
        QUARTER = 90, _("90 days")
        HALF_YEAR = 180, _("180 days")
        YEAR = 395, _("13 months")
        FOR_EVER = 0, _("For ever")

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=40, unique=True)
    remote_id = models.CharField(max_length=64, blank=True)
    token_id = models.CharField(_("Token ID"), max_length=128, blank=True)
    secret_key = EncryptedTextField(_("Secret Key"), blank=True)
    proved_token_id = models.CharField(max_length=128, blank=True)
    api_url = models.URLField(_("API address"), max_length=200)
    stream_url = models.URLField(_("playback address"), max_length=200)
    images_url = models.URLField(_("images address"), max_length=200)
    upload_url = models.URLField(_("upload storage address"), max_length=200)
    webhook_secret = EncryptedTextField(_("webhook signing secret"), blank=True)
    webhook_secret_at = models.DateTimeField(null=True, blank=True)
    webhook_secret_previous = EncryptedTextField(blank=True)
    webhook_secret_previous_until = models.DateTimeField(null=True, blank=True)
    keep_events_days = models.PositiveSmallIntegerField(_("keep events for"), choices=Keep, default=Keep.QUARTER)
    sandbox = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    members: "models.QuerySet[Member]"

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """One person's role in one workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.VIEWER)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_a_person")]


class Invitation(models.Model):
    """A one-time link into a workspace. Only the sha256 of its token is kept; the link itself is shown once.

    open → accepted (`accepted_at`) | withdrawn (row deleted) | expired (`expires_at` passed)
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.VIEWER)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)


class SigningKey(models.Model):
    """A FastPix signing key whose private half this console keeps (encrypted) to mint playback tokens."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="signing_keys")
    remote_id = models.CharField(max_length=64)
    private_key = EncryptedTextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "remote_id"], name="one_row_a_signing_key")]


class Installation(models.Model):
    """The one row about this installation itself: the first-run token (sha256) and when set-up was finished."""

    singleton = models.BooleanField(default=True, unique=True)
    setup_token_sha256 = models.CharField(max_length=64, blank=True)
    set_up_at = models.DateTimeField(null=True, blank=True)
