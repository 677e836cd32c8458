"""TCP ports of this machine: taken or free."""

import errno
import socket


def problem(port: int, variable: str) -> str | None:
    """Why nothing can listen on 127.0.0.1:`port`, and which `variable` changes it; None when it is free."""
    with socket.socket() as probe:
        # without it a port whose last connections are still winding down would look taken
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"port {port} is in use; set {variable}=<another port>"
            return f"port {port} cannot be used ({error.strerror}); set {variable}=<another port>"
    return None


def free() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
