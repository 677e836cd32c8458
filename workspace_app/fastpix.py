"""FastPix for a workspace: the client with its breaker, and which FastPix workspace it turned out to be."""

from collections.abc import Callable
from typing import Final

from django.core.cache import cache
from django.utils.translation import gettext as _
from requests.adapters import BaseAdapter

from fastpix_api import FastPix, Patience, Unauthorized, Unreachable
from workspace_app import road
from workspace_app.breaker import Breaker
from workspace_app.caching import or_else
from workspace_app.models import Workspace

# A person who has asked FastPix something is likely to ask again within these seconds.
_PERSON: Final = 5


def _unheard(trouble: Exception) -> None:
    """Most callers need only the sentence of the error they get."""


def client_for(
    workspace: Workspace,
    *,
    patience: Patience = Patience.PAGE,
    insist: bool = False,
    transport: BaseAdapter | None = None,
    on_trouble: Callable[[Exception], None] = _unheard,
) -> FastPix:
    """The client of a workspace.

    Pages (Patience.PAGE) raise Unreachable or Unauthorized here, at once, while the breaker is open; `insist` is for a
    person who asks for a test. Workers always ask, and an answer closes the breaker for everyone.
    `transport` replaces the network in tests; `on_trouble` hears why a call got no answer.
    """
    breaker = Breaker(workspace)
    if patience is Patience.PAGE and not insist:
        _answer_at_once(breaker)
        person_asks(workspace)
    return FastPix(
        workspace.token_id,
        workspace.secret_key,
        base_url=workspace.api_url,
        patience=patience,
        transport=road.Watched(breaker, transport or road.to(workspace), on_trouble),
    )


def person_asks(workspace: Workspace) -> None:
    """Note that a person waits for FastPix, so that work which can wait gives way."""
    or_else(lambda: cache.set(_person(workspace), 1, _PERSON), None)


def person_asked(workspace: Workspace) -> bool:
    """Whether a person had FastPix asked just now."""
    return bool(or_else(lambda: cache.get(_person(workspace)), None))


def learn(workspace: Workspace, fastpix_workspace_id: str) -> bool:
    """Bind the workspace to the FastPix workspace that an answer or event names; False when it is bound to another.

    The first id counts: one conditional UPDATE decides between two that arrive together. An empty id teaches nothing.
    """
    if not fastpix_workspace_id:
        return True
    if not workspace.remote_id:
        unbound = Workspace.objects.filter(pk=workspace.pk, remote_id="")
        if unbound.update(remote_id=fastpix_workspace_id):
            workspace.remote_id = fastpix_workspace_id
        else:
            workspace.refresh_from_db(fields=["remote_id"])
    return workspace.remote_id == fastpix_workspace_id


def prove(workspace: Workspace, fastpix_workspace_id: str) -> bool:
    """`learn` from an answer to the workspace's own Token ID, which from now on may also declare things gone.

    False when the answer is about another workspace; then nothing is written.
    """
    if not learn(workspace, fastpix_workspace_id):
        return False
    if fastpix_workspace_id and not is_proved(workspace):
        # WHERE token_id: credentials that were replaced meanwhile have shown nothing yet
        same = Workspace.objects.filter(pk=workspace.pk, token_id=workspace.token_id)
        same.update(proved_token_id=workspace.token_id)
        workspace.proved_token_id = workspace.token_id
    return True


def is_proved(workspace: Workspace) -> bool:
    """Whether the Token ID in use has shown the bound workspace: only then may a 404 mean that something is gone."""
    return bool(workspace.remote_id) and workspace.proved_token_id == workspace.token_id


def _person(workspace: Workspace) -> str:
    return f"asks:{workspace.pk}:person"


def _answer_at_once(breaker: Breaker) -> None:
    reason = breaker.reason()
    if reason == "silent":
        raise Unreachable(
            _("FastPix was silent several times in a row, so pages do not ask it for some seconds."), perhaps_done=False
        )
    if reason == "unauthorized":
        raise Unauthorized(status=401)
