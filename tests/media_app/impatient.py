"""The web process, but one that waits a second only for the next bytes of a body."""

from fastpix_console import asgi

asgi.STALLED = 1.0
application = asgi.application
