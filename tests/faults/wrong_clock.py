"""Processes whose clock is wrong, by a module that Python imports before anything else.

``ahead`` is read from a file each time somebody asks, so that the clock can be set meanwhile.
"""

from __future__ import annotations

import os

from tests.faults.product import Product

_MODULE = """\
import time
from pathlib import Path

right, ahead = time.time, Path({path!r})
time.time = lambda: right() + float(ahead.read_text())
"""


def set_clock(product: Product, name: str, ahead: float) -> None:
    """Of a process by its name: so many seconds ahead of the others, from now on."""
    place = product.directory / f"clock-{name}"
    place.mkdir(exist_ok=True)
    said = place / "ahead.new"
    said.write_text(str(ahead))
    said.rename(place / "ahead")
    (place / "sitecustomize.py").write_text(_MODULE.format(path=str(place / "ahead")))
    path = f"{place}{os.pathsep}{product.environment['PYTHONPATH']}"
    product.own[name] = {"PYTHONPATH": path}
