"""Statistics as a table, as JSON and as CSV. Counts nothing."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, fields
from typing import Any, Final

from bot.statistics import Figures, Statistics

COLUMNS: Final = tuple(one.name for one in fields(Figures))
ALL: Final = "all"
"""What the last line is called in place of a repository."""

_TIMES: Final = {"median_seconds": "median", "p90_seconds": "p90"}
_UNITS: Final = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"))


def as_text(found: Statistics) -> str:
    """A table for a terminal."""
    head = ["repository", "rule", *(_TIMES.get(name, name) for name in COLUMNS)]
    rows = [[line.repository, line.rule, *_words(line.figures)] for line in found.lines]
    table = [head, *rows, [ALL, "", *_words(found.total)]]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(
        "  ".join(_aligned(at, word, widths[at]) for at, word in enumerate(row)).rstrip() + "\n"
        for row in table
    )


def as_json(found: Statistics) -> str:
    """The same as data; docs/statistics.md describes it."""
    body: dict[str, Any] = {
        "version": 1,
        "lines": [
            {"repository": line.repository, "rule": line.rule, **asdict(line.figures)}
            for line in found.lines
        ],
        "total": asdict(found.total),
    }
    return json.dumps(body, indent=2) + "\n"


def as_csv(found: Statistics) -> str:
    """The lines without the total, which a spreadsheet makes itself."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["repository", "rule", *COLUMNS])
    for line in found.lines:
        figures = asdict(line.figures).values()
        writer.writerow([_harmless(line.repository), _harmless(line.rule), *figures])
    return text.getvalue()


def duration(seconds: float | None) -> str:
    """A length of time in its largest fitting unit, with two digits where that helps."""
    if seconds is None:
        return "-"
    size, unit = next((one for one in _UNITS if seconds >= one[0]), _UNITS[-1])
    count = seconds / size
    return f"{count:.1f} {unit}" if count < 10 and unit in "dh" else f"{count:.0f} {unit}"


def _words(figures: Figures) -> list[str]:
    return [
        duration(value) if name in _TIMES else str(value) for name, value in asdict(figures).items()
    ]


def _aligned(at: int, word: str, width: int) -> str:
    return word.ljust(width) if at < 2 else word.rjust(width)


def _harmless(word: str) -> str:
    """A spreadsheet takes what begins like a formula for one."""
    return f"'{word}" if word[:1] in ("=", "+", "-", "@") else word
