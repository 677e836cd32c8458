"""The way out to FastPix: to public addresses only, watched by the breaker."""

import os
import socket
import ssl
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError, SSLError
from urllib3.util.connection import create_connection

from fastpix_api.connections import open_session
from fastpix_api.resumable import BLOCK
from fastpix_api.transport import Adapter
from workspace_app import hosts
from workspace_app.breaker import Breaker
from workspace_app.models import Workspace


def to(workspace: Workspace) -> BaseAdapter:
    """The adapter for a workspace: the sandbox is on loopback (no form sets that flag), all others are public."""
    return _kept(os.getpid(), workspace.sandbox or hosts.is_sandbox(workspace.api_url))


def to_storage(workspace: Workspace) -> requests.Session | None:
    """The session for a workspace's bytes, under the same rule as `to`; None: the client's own will do (sandbox)."""
    if workspace.sandbox or hosts.is_sandbox(workspace.upload_url):
        return None
    return open_session(_kept_for_bytes(os.getpid()), trust_environment=True)


@lru_cache(maxsize=1)
def _kept_for_bytes(process: int) -> BaseAdapter:
    return PublicOnly(blocksize=BLOCK)


@lru_cache(maxsize=4)
def _kept(process: int, loopback: bool) -> BaseAdapter:
    """One adapter a process keeps connections open between calls; a forked child starts with none of its parent's."""
    return Adapter() if loopback else PublicOnly()


class PublicOnly(Adapter):
    """Connects to public addresses only, whatever a name resolves to, and to the very address it looked at.

    An outgoing proxy of the machine (HTTPS_PROXY) is used as it stands: then the proxy resolves and decides.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools = self.poolmanager.pool_classes_by_scheme
        pool: type[HTTPSConnectionPool] = pools["https"]
        public = type("PublicConnection", (_Pinned, pool.ConnectionCls), {})
        self.poolmanager.pool_classes_by_scheme = {"https": type("PublicPool", (pool,), {"ConnectionCls": public})}

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        url = str(request.url)
        if not url.startswith("https://"):
            raise requests.exceptions.InvalidSchema("only https is spoken to public addresses")
        with requests.Session() as machine:
            options |= machine.merge_environment_settings(
                url, options.get("proxies") or {}, options.get("stream"), options.get("verify"), options.get("cert")
            )
        return super().send(request, **options)


class _Pinned(HTTPSConnection):
    """Looks a name up once, and connects to nothing but what it saw."""

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        addresses = [str(info[4][0]) for info in found]
        if not addresses or not all(hosts.is_public(address) for address in addresses):
            raise NewConnectionError(self, "not a public address")
        try:
            return create_connection((addresses[0], self.port), self.timeout, socket_options=self.socket_options)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection: {error}") from error


class Watched(BaseAdapter):
    """Tells the breaker what became of each call, and `on_trouble` of a call that got no answer."""

    def __init__(self, breaker: Breaker, road: BaseAdapter, on_trouble: Callable[[Exception], None]) -> None:
        super().__init__()
        self.breaker, self.road, self.on_trouble = breaker, road, on_trouble

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        try:
            response = self.road.send(request, **options)
        except requests.RequestException as trouble:
            self.breaker.silent()
            self.on_trouble(trouble)
            raise
        self.breaker.answered(response.status_code)
        return response

    def close(self) -> None:
        """Nothing: the connections belong to the process."""


def why(trouble: Exception) -> str:
    """Why a call got no answer: "dns", "private", "tls", "refused", "timeout", or "" where nothing more is known."""
    causes = list(_causes(trouble))
    kinds: list[tuple[str, tuple[type[BaseException], ...], str]] = [
        ("dns", (NameResolutionError, socket.gaierror), "name resolution"),
        ("private", (), "not a public address"),
        ("tls", (SSLError, ssl.SSLError), "certificate"),
        ("refused", (ConnectionRefusedError,), "refused"),
        ("timeout", (requests.Timeout, TimeoutError), "timed out"),
    ]
    for word, types, text in kinds:
        if any(isinstance(cause, types) or text in str(cause).lower() for cause in causes):
            return word
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything behind it: `raise … from`, and what requests and urllib3 wrap."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, BaseException) or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [found.__cause__, found.__context__, getattr(found, "reason", None), *found.args]
