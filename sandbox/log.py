"""One JSON line per happening on stderr. Callers pass ids and words, never secrets, tokens or session addresses."""

import json
import logging
import sys

from sandbox.times import now

_log = logging.getLogger("sandbox")


class LineFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {"at": now(), "level": record.levelname.lower(), "event": record.getMessage()}
        line.update(getattr(record, "facts", {}))
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def start() -> None:
    """Send everything, the server's own words included, through the one formatter."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(LineFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[lines], force=True)
    for chatty in ("urllib3", "asyncio", "_granian", "granian"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


def say(event: str, **facts: object) -> None:
    """Something happened."""
    _log.info(event, extra={"facts": facts})


def warn(event: str, **facts: object) -> None:
    """Something went wrong that others caused."""
    _log.warning(event, extra={"facts": facts})


def fault(event: str, error: BaseException, **facts: object) -> None:
    """Something of ours broke: with the traceback."""
    _log.error(event, exc_info=error, extra={"facts": facts})
