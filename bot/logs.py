"""One line an event, without secrets. Knows how to write, not what."""

from __future__ import annotations

import logging
import sys
import time

from .redaction import redacted


class Line(logging.Formatter):
    """``time level logger message``, on one line, redacted; traces follow, redacted too."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        message = record.getMessage().replace("\n", "\\n")
        text = f"{stamp} {record.levelname.lower()} {record.name} {message}"
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return redacted(text)


def set_up(level: int = logging.INFO) -> None:
    """Log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("urllib3", "github", "gitlab", "waitress", "amqp", "kombu"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
