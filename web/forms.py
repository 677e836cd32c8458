"""What FastPix refuses by field goes back into the form it came from."""

import re
from typing import Protocol

from django.forms import BaseForm


class Refusal(Protocol):
    """An error with fields, such as fastpix_api.Invalid: each is {"field": FastPix's name, "message": words}."""

    @property
    def fields(self) -> list[dict[str, str]]: ...
    @property
    def sentence(self) -> str: ...


def refuse(form: BaseForm, refusal: Refusal, **names: str) -> None:
    """Put each refused field's words beside the form's field; what has no field goes above the form.

    FastPix's names are paths such as `inputs[0].maxResolution`. `names` maps one to a form field where they differ:
    `refuse(form, refusal, **{"inputs[0].url": "address"})`. Without a map the last part in snake case is tried.
    The form must have been validated.
    """
    told = [(str(one.get("field", "")), str(one.get("message", ""))) for one in refusal.fields]
    for field, message in told:
        own = names.get(field) or snake(field)
        if own in form.fields:
            form.add_error(own, message or refusal.sentence)
        else:
            form.add_error(None, f"{field}: {message}" if field and message else message or refusal.sentence)
    if not told:
        form.add_error(None, refusal.sentence)


def snake(name: str) -> str:
    """`inputs[0].maxResolution` → `max_resolution`."""
    last = re.sub(r"\[\d*\]", "", name).rpartition(".")[2]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last).lower()
