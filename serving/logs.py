"""Logs as one JSON object per line, and the request ids that join them across hops."""

from __future__ import annotations

import json
import logging
import re
import sys
import uuid
from datetime import UTC, datetime

REQUEST_ID_HEADER = "X-Request-Id"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
# What a caller may set: no spaces or control characters, so that it cannot forge a header or a log line.
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._:=/-]{1,128}")


class JsonFormatter(logging.Formatter):
    """`time` (UTC), `level`, `logger`, `message`, then whatever the call passed as `extra`, then the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((key, value) for key, value in vars(record).items() if key not in _STANDARD)
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(level: str = "INFO") -> None:
    """Send every logger's lines to standard output as JSON, in place of handlers that a runtime installed."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def request_id(*candidates: str | None) -> str:
    """The first acceptable id among those the caller or the platform gave, otherwise a new one."""
    for candidate in candidates:
        if candidate and _ACCEPTED_ID.fullmatch(candidate):
            return candidate
    return uuid.uuid4().hex
