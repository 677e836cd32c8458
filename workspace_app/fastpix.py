"""FastPix for a workspace: the client with its breaker, and which FastPix workspace it turned out to be."""

import socket
from typing import Any

import requests
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from fastpix_api import FastPix, Patience, Unauthorized, Unreachable
from workspace_app import hosts
from workspace_app.breaker import Breaker
from workspace_app.models import Workspace


def client_for(
    workspace: Workspace,
    *,
    patience: Patience = Patience.PAGE,
    insist: bool = False,
    transport: BaseAdapter | None = None,
) -> FastPix:
    """The client of a workspace.

    Pages (Patience.PAGE) raise Unreachable or Unauthorized here, at once, while the breaker is open; `insist` is for a
    person who asks for a test. Workers always ask, and an answer closes the breaker for everyone.
    `transport` replaces the network in tests.
    """
    breaker = Breaker(workspace)
    if patience is Patience.PAGE and not insist:
        _answer_at_once(breaker)
    road = transport or (HTTPAdapter() if _is_sandbox(workspace) else PublicOnly())
    return FastPix(
        workspace.token_id,
        workspace.secret_key,
        base_url=workspace.api_url,
        patience=patience,
        transport=_Watched(breaker, road),
    )


def learn(workspace: Workspace, fastpix_workspace_id: str) -> bool:
    """Bind the workspace to the FastPix workspace that an answer or event names; False when it is bound to another.

    The first id counts: one conditional UPDATE decides between two that arrive together.
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
    if not fastpix_workspace_id or not learn(workspace, fastpix_workspace_id):
        return not fastpix_workspace_id
    if workspace.proved_token_id != workspace.token_id:
        # WHERE token_id: credentials replaced meanwhile have shown nothing yet
        same = Workspace.objects.filter(Q(pk=workspace.pk), token_id=workspace.token_id)
        same.update(proved_token_id=workspace.token_id)
        workspace.proved_token_id = workspace.token_id
    return True


def is_proved(workspace: Workspace) -> bool:
    """Whether the Token ID in use has shown the bound workspace: only then may a 404 mean that something is gone."""
    return bool(workspace.remote_id) and workspace.proved_token_id == workspace.token_id


class PublicOnly(HTTPAdapter):
    """Connects to public addresses only, whatever a name resolves to, and to the very address it looked at."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}


class _PublicConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise NameResolutionError(self.host, self, error) from error  # type: ignore[arg-type]
        addresses = [str(info[4][0]) for info in found]
        if not addresses or not all(hosts.is_public(address) for address in addresses):
            raise NewConnectionError(self, f"{self.host} is not a public address")
        try:
            return create_connection((addresses[0], self.port), self.timeout, socket_options=self.socket_options)
        except OSError as error:
            raise NewConnectionError(self, f"no connection: {error}") from error


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _Watched(BaseAdapter):
    """Tells the breaker what became of each call."""

    def __init__(self, breaker: Breaker, road: BaseAdapter) -> None:
        super().__init__()
        self.breaker = breaker
        self.road = road

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        try:
            response = self.road.send(request, **options)
        except (requests.ConnectionError, requests.Timeout):
            self.breaker.silent()
            raise
        self.breaker.answered(response.status_code)
        return response

    def close(self) -> None:
        self.road.close()


def _answer_at_once(breaker: Breaker) -> None:
    reason = breaker.reason()
    if reason == "silent":
        raise Unreachable(
            _(
                "FastPix did not answer several times in a row. Pages show what is known and ask again within half a minute."
            )
        )
    if reason == "unauthorized":
        raise Unauthorized(
            _("FastPix refused the credentials of this workspace. An admin can replace them in its settings."),
            status=401,
        )


def _is_sandbox(workspace: Workspace) -> bool:
    return bool(settings.SANDBOX_URL) and hosts.origin(workspace.api_url) == hosts.origin(settings.SANDBOX_URL)
