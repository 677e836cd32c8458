"""Forms of people, workspaces and members. Secrets go in and never come out."""

import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from fastpix_api import webhooks
from workspace_app import hosts
from workspace_app.models import User, Workspace
from workspace_app.roles import Role
from workspace_app.sandbox import SLUG as SANDBOX_SLUG

PLACES = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
HOSTS = ("api_url", "stream_url", "images_url", "upload_url")


def time_zones() -> list[tuple[str, Any]]:
    """Every zone named after a place that this machine knows, and UTC, after "as this installation".

    `Factory`, `localtime`, `Etc/GMT+5` (five hours *behind* Greenwich) and the like only mislead.
    """
    names = sorted(name for name in zoneinfo.available_timezones() if name.partition("/")[0] in PLACES and "/" in name)
    return [("", _("As this installation (UTC)")), ("UTC", "UTC"), *((name, name) for name in names)]


class SecretField(forms.CharField):
    """A secret to type: masked, never filled in again, never offered to the browser's password store."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(widget=widget, **options)


class NewPerson(forms.Form):
    """Name, password and time zone of somebody new; the e-mail too, unless an invitation says it."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        help_text=_("At least 10 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=time_zones)

    def __init__(self, *args: Any, email: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.invited = email
        self.fields["email"].widget.attrs["autocomplete"] = "username"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["time_zone"].widget.attrs["data-time-zone"] = ""
        if email:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        """The password is judged beside name and e-mail, which it must not repeat."""
        data = super().clean() or {}
        password = data.get("password")
        if password:
            try:
                validate_password(password, User(email=data.get("email") or self.invited, name=data.get("name", "")))
            except ValidationError as weak:
                self.add_error("password", weak)
        return data


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person may change about themselves: nothing that gives rights."""

    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=time_zones)

    class Meta:
        model = User
        fields = ("name", "time_zone", "theme")


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Token ID, Secret Key and hosts. An empty Secret Key keeps the one there is, for the same token and address."""

    secret_key = SecretField(label=_("Secret Key"), max_length=256, required=False)

    class Meta:
        model = Workspace
        fields = ("token_id", "secret_key", *HOSTS)
        # plain text: hosts.check judges them, more strictly than a URL field would
        field_classes: ClassVar = dict.fromkeys(HOSTS, forms.CharField)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept_secret = self.instance.secret_key
        self.fields["token_id"].required = True
        self.fields["token_id"].widget.attrs.update(autocomplete="off", spellcheck="false")
        self.fields["secret_key"].required = not self.kept_secret
        for field in HOSTS:
            self.fields[field].widget.attrs.update(inputmode="url", spellcheck="false")
            self.initial[field] = getattr(self.instance, field) or settings.FASTPIX_HOSTS[field]
            self.fields[field].required = False

    def clean(self) -> dict[str, Any]:
        """Hosts are public names; a kept secret is never sent to a new address or with a new token."""
        data = super().clean() or {}
        for field in HOSTS:
            try:
                data[field] = hosts.check(data.get(field) or settings.FASTPIX_HOSTS[field])
            except ValidationError as refused:
                self.add_error(field, refused)
        if not data.get("secret_key"):
            if self.kept_secret and {"api_url", "token_id"} & set(self.changed_data):
                self.add_error("secret_key", _("Type the Secret Key again: token or address are new."))
            data["secret_key"] = self.kept_secret
        return data

    def changes(self) -> dict[str, str]:
        """The fields whose value is new."""
        before = Workspace.objects.get(pk=self.instance.pk)
        return {name: value for name, value in self.cleaned_data.items() if getattr(before, name) != value}


class WorkspaceForm(ConnectionForm):
    """A new workspace."""

    slug = forms.CharField(
        label=_("Address"),
        max_length=40,
        required=False,
        help_text=_(
            "Part of every link and of the webhook address; made from the name when empty. It cannot be changed later."
        ),
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", _("Small letters, digits and hyphens only."))],
    )

    class Meta(ConnectionForm.Meta):
        fields = ("name", "slug", "token_id", "secret_key", *HOSTS)  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        """An address left empty is made from the name."""
        data = super().clean()
        if "slug" in data:
            data["slug"] = data["slug"] or slugify(data.get("name", ""))[:40].strip("-") or "workspace"
            if data["slug"] == SANDBOX_SLUG or Workspace.objects.filter(slug=data["slug"]).exists():
                self.add_error("slug", _("This address is taken."))
        return data


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name people see."""

    class Meta:
        model = Workspace
        fields = ("name",)


class WebhookSecretForm(forms.Form):
    """A webhook signing secret as FastPix shows it."""

    secret = SecretField(label=_("New signing secret"), max_length=512)

    def clean_secret(self) -> str:
        """Base64, as FastPix gives it."""
        secret = str(self.cleaned_data["secret"])
        problem = webhooks.secret_problem(secret)
        if problem:
            raise ValidationError(problem)
        return secret


class RetentionForm(forms.Form):
    """For how long events are kept."""

    keep_events_days = forms.TypedChoiceField(label=_("Keep events for"), choices=Workspace.Keep.choices, coerce=int)


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)

    def __init__(self, *args: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*args, **options)
        self.workspace = workspace

    def clean_email(self) -> str:
        """Nobody is invited to where they already are."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if self.workspace.members.filter(user__email=email).exists():
            raise ValidationError(_("This person is a member already."))
        return email


class RoleForm(forms.Form):
    """One of the four roles."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
