"""``terraform fmt`` as a judge of many texts at once: which are valid, which it would change."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

TERRAFORM = shutil.which("terraform")
needs_terraform = pytest.mark.skipif(
    TERRAFORM is None, reason="NO TERRAFORM BINARY: what `terraform fmt` says is not tested here"
)
_PLACE = re.compile(r"^\s*on (?:\S*/)?(\d+)\.tf line", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Keys of texts that are not valid, and of those that ``fmt`` would write differently."""

    invalid: frozenset[str]
    changed: frozenset[str]

    def is_stable(self, key: str) -> bool:
        """True where ``fmt`` leaves the text alone."""
        return key not in self.invalid and key not in self.changed


def judge(texts: Mapping[str, bytes], directory: Path) -> Verdicts:
    """One run of ``fmt`` over all texts, written into an empty directory."""
    if TERRAFORM is None:
        raise FileNotFoundError("there is no terraform binary on this machine")
    keys = dict(enumerate(texts))
    for number, key in keys.items():
        (directory / f"{number}.tf").write_bytes(texts[key])
    run = subprocess.run(
        [TERRAFORM, "fmt", "-no-color", "-list=true", "-write=false", "."],
        cwd=directory,
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
    )
    changed = {keys[int(Path(line).stem)] for line in run.stdout.split() if line.endswith(".tf")}
    invalid = {keys[int(number)] for number in _PLACE.findall(run.stderr)}
    return Verdicts(frozenset(invalid), frozenset(changed))
