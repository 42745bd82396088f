"""Signed webhooks, sent in order from one thread. Knows payloads, not what they cause."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import queue
import threading
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

from .state import now


@dataclass(frozen=True, slots=True)
class Target:
    """Where webhooks go, and what signs them."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook and the answer it got; status 0 means no answer."""

    id: str
    event: str
    payload: dict[str, Any]
    status: int
    number: int = 0
    """Of this attempt."""
    at: str = field(default_factory=now)
    is_again: bool = False


class Hooks:
    """Sends what it is given, one after the other, and keeps a log."""

    def __init__(self) -> None:
        self.target: Target | None = None
        self.log: list[Delivery] = []
        self._waiting: queue.Queue[tuple[str, str, dict[str, Any]] | None] = queue.Queue()
        self._numbers = itertools.count(1)
        self._thread = threading.Thread(target=self._send_all, name="hooks", daemon=True)
        self._thread.start()

    def send(self, event: str, payload: dict[str, Any]) -> None:
        """Queue a webhook."""
        self._waiting.put((str(uuid.uuid4()), event, payload))

    def settle(self, seconds: float = 30.0) -> None:
        """Wait until everything queued has been sent. Raises ``TimeoutError``."""
        with self._waiting.all_tasks_done:
            idle = self._waiting.all_tasks_done.wait_for(
                lambda: not self._waiting.unfinished_tasks, seconds
            )
        if not idle:
            raise TimeoutError("webhooks are still waiting to be sent")

    def redeliver(self, delivery: str) -> int:
        """Send one again, under the same id; the status of the answer."""
        first = next(one for one in self.log if one.id == delivery)
        return self._deliver_and_log(delivery, first.event, first.payload)

    def send_again(self, attempt: Delivery) -> None:
        """Queue it under its own id."""
        self._waiting.put((attempt.id, attempt.event, attempt.payload))

    def close(self) -> None:
        """Send what is queued, then end."""
        self._waiting.put(None)
        self._thread.join(timeout=10)

    def _send_all(self) -> None:
        while (item := self._waiting.get()) is not None:
            self._deliver_and_log(*item)
            self._waiting.task_done()
        self._waiting.task_done()

    def _deliver_and_log(self, delivery: str, event: str, payload: dict[str, Any]) -> int:
        status = self.deliver(delivery, event, payload)
        number, is_again = next(self._numbers), any(one.id == delivery for one in self.log)
        made = Delivery(delivery, event, payload, status, number, is_again=is_again)
        self.log.append(made)
        return status

    def deliver(self, delivery: str, event: str, payload: dict[str, Any]) -> int:
        """Send one now; the status of the answer."""
        if self.target is None:
            return 0
        body = json.dumps(payload).encode()
        request = urllib.request.Request(  # noqa: S310 - the operator's own bot
            self.target.url, data=body, headers=self.headers(delivery, event, body, self.target)
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def headers(self, delivery: str, event: str, body: bytes, target: Target) -> dict[str, str]:
        """What GitHub sends beside the body."""
        signature = hmac.new(target.secret.encode(), body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/sandbox",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery,
            "X-GitHub-Hook-ID": "1",
            "X-GitHub-Hook-Installation-Target-ID": "1",
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature-256": f"sha256={signature}",
        }
