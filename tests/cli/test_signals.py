"""Whoever is told to end several times in a row ends once, and does not hang."""

from __future__ import annotations

import subprocess
import sys

_MANY = """
import os, signal, threading
from bot.cli.serve import wait_for_signal

told = threading.Condition.notify_all

def told_again(condition):
    # The second signal comes while somebody is told of the first one.
    os.kill(os.getpid(), signal.SIGTERM)
    told(condition)

threading.Condition.notify_all = told_again
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sender = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM))
sender.start()
wait_for_signal()
sender.join()
"""


def test_many_signals_end_it_once() -> None:
    done = subprocess.run([sys.executable, "-c", _MANY], timeout=60, check=False)
    assert done.returncode == 0
