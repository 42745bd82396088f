"""What tests of the queue of record share: a clock to move, and deliveries."""

from __future__ import annotations

from bot.deliveries import Delivery, Wish


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def delivery(number: int, id: str = "", body: str = "", repository: str = "acme/ml") -> Delivery:
    return Delivery(
        id or f"d-{repository}-{number}",
        "pull_request",
        "opened",
        Wish(repository, number, body=body),
    )
