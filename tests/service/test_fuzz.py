"""The doors that ``make fuzz`` knocks at are there, and a crash at one is seen."""

from __future__ import annotations

import pytest

from tests.fuzz import doors
from tests.fuzz.__main__ import DOORS, fuzz


@pytest.mark.parametrize("door", ["webhooks", "gitlab webhooks", "signatures", "configurations"])
def test_a_few_texts_at_each_quick_door(door: str) -> None:
    assert fuzz(door, 20, seed=1) > 20


def test_a_crash_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(data: bytes) -> None:
        assert b"fail_on" not in data, "crashed"

    monkeypatch.setitem(DOORS, "configurations", (crash, 50, (doors.CONFIGURATIONS,)))
    with pytest.raises(AssertionError, match="crashed"):
        fuzz("configurations", 20, seed=1)
