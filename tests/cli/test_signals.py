"""Whoever is told to end several times in a row ends once, and does not hang."""

from __future__ import annotations

import subprocess
import sys

import pytest

_MANY = """
import os, signal, threading
from bot.cli.ending import told_by_signal, wait_for_signal
from bot.settings import Settings

told = threading.Condition.notify_all

def told_again(condition):
    # The second signal comes while somebody is told of the first one.
    os.kill(os.getpid(), signal.SIGTERM)
    told(condition)

threading.Condition.notify_all = told_again
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sender = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM))
sender.start()
{wait}
sender.join()
"""
WAITS = {
    "that sleep": "wait_for_signal()",
    "that work": "assert told_by_signal(Settings.from_environment({})).wait(50)\n"
    "ending = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]\n"
    "assert [one.function for one in ending if one is not sender] == [os._exit]",
}


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
def test_many_signals_end_it_once(wait: str) -> None:
    told = [sys.executable, "-c", _MANY.replace("{wait}", wait)]
    done = subprocess.run(told, timeout=60, check=False)
    assert done.returncode == 0
