"""Open connections, kept per thread from call to call."""

import os
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from fastpix_api.transport import Adapter

_LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "::1"))


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nothing is a redirect: requests would read such an answer whole, even when told not to follow it."""


class _Kept(threading.local):
    def __init__(self) -> None:
        # the process id is part of the key: a forked child must not write into its parent's sockets
        self.sessions: dict[tuple[int, bool, int], requests.Session] = {}


_kept = _Kept()


def session_for(url: str, *, blocksize: int = 16 * 1024) -> requests.Session:
    """This thread's session for an address. It holds no credentials and no cookies: workspaces share it."""
    loopback = _is_loopback(url)
    key = (os.getpid(), loopback, blocksize)
    if key not in _kept.sessions:
        # the machine's proxy settings would only lead astray on loopback
        _kept.sessions[key] = open_session(Adapter(blocksize=blocksize), trust_environment=not loopback)
    return _kept.sessions[key]


def open_session(adapter: BaseAdapter, *, trust_environment: bool) -> requests.Session:
    """A session that sends everything through `adapter` and forgets every cookie."""
    session = _Session()
    session.trust_env = trust_environment
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False
