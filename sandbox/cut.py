"""Breaking a line the way a network does."""

import socket
from pathlib import Path

from starlette.types import Scope


def cut(scope: Scope) -> None:
    """Shut the connection a request came by: its caller sees it break, without an answer or inside one.

    The server hands out no socket, so it is found among the process's own by its peer's address.
    """
    host, port = scope["client"]
    for entry in Path("/dev/fd").iterdir():
        try:
            with socket.fromfd(int(entry.name), socket.AF_INET, socket.SOCK_STREAM) as line:
                if line.getpeername()[:2] == (host, int(port)):
                    line.shutdown(socket.SHUT_RDWR)
                    return
        except OSError:
            continue
