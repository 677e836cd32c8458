"""Log lines: one JSON object a line, so that a hostile title cannot forge a second one, and secrets masked."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

current_request: ContextVar[str] = ContextVar("current_request", default="")

MASK: Final = "***"
LONGEST: Final = 16_000  # characters of one message; a payload in an error text must not fill the disk
# a name that holds one of these holds a secret
NAMES: Final = (
    r"[\w-]{0,40}(?:secret|token|passw(?:or)?d|passphrase|signature|stream[_-]?key|private[_-]?key"
    r"|upload_id|session[_-]?ur[il]|csrf|cookie)[\w-]{0,40}"
)
SECRET_NAME: Final = re.compile(NAMES, re.IGNORECASE)
RULES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL), MASK),
    (re.compile(r"(?i)\b(authorization[\"']?\s*[:=]\s*[\"']?)(?:basic|bearer)?\s*[^\s\"',;}]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)\b(basic|bearer)\s+[A-Za-z0-9+/=._~-]{8,}"), rf"\1 {MASK}"),
    # the last part of an ingest address is the stream key
    (re.compile(r"(?i)\b(rtmps?://[^\s/\"']+/[^\s/\"']+/)[^\s\"']+"), rf"\1{MASK}"),
    # the query of a whole address may sign it; the address says enough
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://[^\s\"'<>?]+\?)[^\s\"'<>]+"), rf"\1{MASK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), MASK),
    (re.compile(r"(/(?:invite|setup)/)[A-Za-z0-9_-]{16,}"), rf"\1{MASK}"),
    # "secretKey": "…" and its escaped form inside another JSON text, secret='…', token=…
    (re.compile(rf"(?i)({NAMES}\\?[\"']?\s*[:=]\s*\\?)([\"']).*?(?:\2|\Z)"), rf"\1\2{MASK}\2"),
    (re.compile(rf"(?i)({NAMES}\\?[\"']?\s*[:=]\s*)(?![\\\"'\s*])[^\s\"'&,;)}}\]]+"), rf"\1{MASK}"),
)
ORDINARY: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request"}


def masked(text: str) -> str:
    """`text` without what opens a door: passwords, tokens, keys, signatures, signed queries."""
    text = text[:LONGEST]
    for pattern, instead in RULES:
        text = pattern.sub(instead, text)
    return text


class Redact(logging.Filter):
    """Masks secrets before a record is written, in the message, the traceback and the extra fields."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # wrong number of arguments: the line is still worth having
            message = str(record.msg)
        record.msg, record.args = masked(message), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = masked(record.exc_text)
        return True


class Unless(logging.Filter):
    """Leaves out Django's record of an answer that is nobody's mistake: this status at this path."""

    def __init__(self, path: str, status: int) -> None:
        super().__init__()
        self.path, self.status = path, status

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return (getattr(record, "status_code", 0), getattr(request, "path", "")) != (self.status, self.path)


class LineFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, the request's id, extra fields, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        # Django reports a finished answer after the middlewares have left: then only its request knows the id
        if name := current_request.get() or getattr(getattr(record, "request", None), "request_id", ""):
            line["request_id"] = name
        line |= {key: _plain(key, value) for key, value in vars(record).items() if key not in ORDINARY}
        if record.exc_info or record.exc_text:
            line["traceback"] = record.exc_text or self.formatException(record.exc_info or (None, None, None))
        return json.dumps(line, default=str)


def _plain(key: str, value: object) -> object:
    """An extra field as JSON; masked by its name or by its content."""
    if SECRET_NAME.search(key):
        return MASK
    return value if isinstance(value, bool | int | float | None) else masked(str(value))
