"""A process of its own that asks parliament: policies in as JSON, its findings out as JSON.

It wants ``pkg_resources``, which setuptools no longer has, to find two files of its own; and it
leaves them open, which our tests would not let pass. So it is not loaded beside them.
"""

from __future__ import annotations

import json
import sys
import types
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def _file_of(package: str, name: str) -> str:
    found = find_spec(package)
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / name)


def main() -> None:
    """One list of findings a policy, each an issue and its details."""
    stand_in: Any = types.ModuleType("pkg_resources")
    stand_in.resource_filename = _file_of
    sys.modules["pkg_resources"] = stand_in
    from parliament import analyze_policy_string  # only once the stand-in is there

    answers = []
    for policy in json.load(sys.stdin):
        found = analyze_policy_string(json.dumps(policy)).findings
        answers.append([[one.issue, one.detail] for one in found])
    json.dump(answers, sys.stdout, default=str)


if __name__ == "__main__":
    main()
