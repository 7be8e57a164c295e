"""Where log lines go and how they look: readable, or JSON by a setting; a rotating file when one is named."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from connectors.masking import mask
from social_queue.workings import log_marks

#: C0 but the tab, C1, what else some readers take for a line's end, and halves of characters, which no file can hold.
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class MaskSecrets(logging.Filter):
    """The last net: whatever is shaped like a token is masked before a line is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = mask(message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True


class MarkPost(logging.Filter):
    """Gives every line that is written while a post or a request is at hand its number or id, if it has none yet."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "post", None) is None and (post := log_marks.current()) is not None:
            record.post = post
        if request_id := log_marks.request_id():
            record.request_id = request_id
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line; every ``extra`` of the call is a key of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: _plain(value) for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = mask(self.formatException(record.exc_info))
        text = json.dumps(line, ensure_ascii=False, default=str)
        return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | bool | None) else mask(str(value))


def _in_one_line(text: str) -> str:
    """Text from platforms and titles can't begin a line of its own, nor move a terminal's cursor."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _indented(lines: str) -> str:
    """A traceback with its lines; none of them looks like the beginning of another entry."""
    return "\n".join(f"  {_in_one_line(line)}" for line in lines.split("\n"))


class ReadableLines(logging.Formatter):
    """Time, level, logger, words; tracebacks masked like everything else."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line; the post's number goes behind it unless it stands in it."""
        line, post = _in_one_line(super().formatMessage(record)), getattr(record, "post", None)
        line = line if post is None or f"post {post}" in line else f"{line} [post {post}]"
        request_id = getattr(record, "request_id", "")
        return f"{line} [request {request_id}]" if request_id else line

    def formatException(self, ei: Any) -> str:
        return _indented(mask(super().formatException(ei)))

    def formatStack(self, stack_info: str) -> str:
        return _indented(mask(stack_info))


def configuration(*, level: str, log_file: str, as_json: bool) -> dict:
    """A ``LOGGING`` dictionary. ``log_file`` "" means standard error only."""
    handlers: dict[str, dict[str, object]] = {"console": {"class": "logging.StreamHandler"}}
    if log_file:
        # Web, workers and commands share the file: the standard library's handler would lose lines when it rotates.
        handlers["file"] = {
            "class": "concurrent_log_handler.ConcurrentRotatingFileHandler",
            "filename": log_file,
            "maxBytes": 10 * 1024 * 1024,
            "backupCount": 5,
            "encoding": "utf-8",
        }
    for handler in handlers.values():
        handler |= {"formatter": "line", "filters": ["mask", "mark"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "mask": {"()": "autopost_site.logs.MaskSecrets"},
            "mark": {"()": "autopost_site.logs.MarkPost"},
            "folded": {"()": "social_queue.upkeep.outage_log.Folded"},
        },
        "formatters": {"line": {"()": f"autopost_site.logs.{'JsonLines' if as_json else 'ReadableLines'}"}},
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        "loggers": {
            # Django sets its own level, INFO, which lets through what the root's would not; what is finer is noise.
            "django": {"level": "INFO" if level == "DEBUG" else level},
            # social_queue.access.log_ins says the same, once.
            "axes": {"level": "ERROR"},
            "django.db.backends": {"level": "INFO"},
            "django.request": {"filters": ["folded"]},
            "django-q": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "PIL": {"level": "WARNING"},
        },
    }
