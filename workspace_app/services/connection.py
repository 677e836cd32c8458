"""Does FastPix answer, does it accept the credentials, and is it the workspace we think it is?"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from fastpix_api import FastPixError, Forbidden, RateLimited, Unauthorized, Unreachable
from workspace_app import road
from workspace_app.fastpix import client_for, prove
from workspace_app.models import Workspace


@dataclass(frozen=True)
class Finding:
    """What a test of the connection found: one sentence, and what to do next where something is wrong."""

    fine: bool
    sentence: str
    next_step: str = ""
    request_id: str = ""


def test(workspace: Workspace) -> Finding:
    """Ask FastPix for one media (documented as the cheapest call; there is no "who am I").

    Goes past the breaker, and closes it by succeeding. Learns which FastPix workspace this is and proves the Token ID
    where the answer shows it; in an unsaved workspace both are filled in.
    """
    host = urlsplit(workspace.api_url).hostname or workspace.api_url
    heard: list[str] = []
    client = client_for(workspace, insist=True, on_trouble=lambda trouble: heard.append(road.why(trouble)))
    try:
        answer = client.media.list(limit=1)
    except FastPixError as error:
        return _what_is_wrong(host, error, heard[-1] if heard else "")
    shown = _workspace_of(answer.data)
    if shown and not _fits(workspace, shown):
        return Finding(
            fine=False,
            sentence=_("These credentials belong to another FastPix workspace (%(id)s).") % {"id": shown},
            next_step=_("Use an access token of the workspace that is connected here, or add the other one by itself."),
            request_id=answer.request_id,
        )
    if not shown:
        return Finding(True, _("%(host)s answers and accepts the credentials. It holds no media yet.") % {"host": host})
    return Finding(True, _("%(host)s answers and accepts the credentials.") % {"host": host})


def _fits(workspace: Workspace, shown: str) -> bool:
    if workspace.pk:
        return prove(workspace, shown)
    workspace.remote_id, workspace.proved_token_id = shown, workspace.token_id
    return True


def _workspace_of(data: Any) -> str:
    """The `workspaceId` of the listed media; "" where the list is empty. Recorded: every media carries one."""
    items = data if isinstance(data, list) else []
    return next((str(item["workspaceId"]) for item in items if isinstance(item, dict) and item.get("workspaceId")), "")


def _what_is_wrong(host: str, error: FastPixError, why: str) -> Finding:
    named = {"host": host, "status": error.status}
    if isinstance(error, Unauthorized):
        said = _("%(host)s refuses the Token ID or the Secret Key (401).") % named
        step = _("Compare both with the FastPix dashboard; a Secret Key is shown there only once.")
    elif isinstance(error, Forbidden):
        said = _("%(host)s knows the token, but the token may not read media (403).") % named
        step = _("Give the token the permission for video in the FastPix dashboard, then test again.")
    elif isinstance(error, RateLimited):
        said, step = _("%(host)s asks to wait (429).") % named, _("Test again in a minute.")
    elif isinstance(error, Unreachable) and error.status:
        said, step = _("%(host)s has trouble of its own (%(status)s).") % named, _("Test again in some minutes.")
    elif isinstance(error, Unreachable):
        said, step = _UNREACHABLE[why] % named, _("Check the API address, then test again.")
    else:
        said, step = _("%(host)s answers, but not as FastPix does.") % named, _("Check the API address.")
    return Finding(False, said, step, error.request_id)


_UNREACHABLE: Final[dict[str, Any]] = {
    "dns": _lazy("The name %(host)s is not known (DNS)."),
    "refused": _lazy("%(host)s refuses the connection: nothing listens there."),
    "tls": _lazy("%(host)s shows no certificate that can be trusted."),
    "private": _lazy("%(host)s leads to an address inside a network; only public addresses are asked."),
    "timeout": _lazy("%(host)s did not answer in time."),
    "": _lazy("%(host)s cannot be reached."),
}
