"""Presets of a workspace: settings for new media under a name."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from media_app.models import UploadPreset
from workspace_app import timeline
from workspace_app.models import User, Workspace


class PresetProblem(Exception):
    """A preset cannot be kept like that; `field` is the field of the form it belongs to, None: no single one."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.field = sentence, field


def of(workspace: Workspace) -> QuerySet[UploadPreset]:
    """All of a workspace, by name."""
    return UploadPreset.objects.filter(workspace=workspace).order_by(Lower("name"))


def chosen(presets: Iterable[UploadPreset], public_id: str | None) -> UploadPreset | None:
    """The preset of that id; the default one when none was asked for (None). "" asks for none."""
    if public_id is None:
        return next((one for one in presets if one.default), None)
    return next((one for one in presets if str(one.public_id) == public_id), None)


def default_name(workspace: Workspace) -> str:
    """The name of the preset new files begin with, "" when there is none."""
    return of(workspace).filter(default=True).values_list("name", flat=True).first() or ""


def add(workspace: Workspace, by: User, *, name: str, values: Mapping[str, Any], default: bool) -> UploadPreset:
    """Keep settings under a new name. Raises PresetProblem when the name is taken."""
    with _once(name):
        if default:
            _clear_default(workspace)
        preset = UploadPreset.objects.create(workspace=workspace, name=name, values=dict(values), default=default)
        _record(preset, "preset_added", by)
    return preset


def change(
    preset: UploadPreset, by: User, *, version: int | None, name: str, values: Mapping[str, Any], default: bool
) -> None:
    """Change a preset whose version the person saw. Raises PresetProblem: name taken, or changed by another since."""
    fields = {"name": name, "values": dict(values), "default": default}
    with _once(name):
        if default:
            _clear_default(preset.workspace, but=preset.pk)
        rows = UploadPreset.objects.filter(pk=preset.pk, version=version or 0)
        if not rows.update(**fields, version=F("version") + 1, updated_at=timezone.now()):
            raise PresetProblem(_("Somebody changed this preset meanwhile. Open it again to see how it is now."))
        preset.name = name
        _record(preset, "preset_changed", by)


def delete(preset: UploadPreset, by: User) -> None:
    """Forget a preset; uploads keep the settings they copied."""
    with transaction.atomic():
        _record(preset, "preset_deleted", by)
        preset.delete()


def _clear_default(workspace: Workspace, but: int = 0) -> None:
    # two who each make theirs the default must not fail on the rule that there is one
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    others = UploadPreset.objects.filter(workspace=workspace, default=True).exclude(pk=but)
    others.update(default=False, version=F("version") + 1)


def _record(preset: UploadPreset, verb: str, by: User) -> None:
    home, details = preset.workspace, {"preset": preset.name}
    timeline.record(home, "workspace", home.slug, verb, source="person", by=by, details=details)


@contextmanager
def _once(name: str) -> Iterator[None]:
    """Turns the database's refusal of a name that is taken into a sentence beside the field."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise PresetProblem(_("A preset is called “%(name)s” already.") % {"name": name}, "name") from error
