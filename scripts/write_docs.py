"""Writes docs/rules.md, docs/settings.md and docs/json.md from the code."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from bot.settings import PREFIX, VARIABLES
from remediations.model import Severity
from remediations.rule import Rule, page, rules
from tests.rules.pages import examples

DOCS = Path(__file__).parents[1] / "docs"


def pages() -> dict[str, str]:
    """Every generated page by file name."""
    return {"rules.md": _rules(), "settings.md": _settings(), "json.md": _json()}


def _severity(severity: Severity | None) -> str:
    return severity.value if severity else "off"


def _rules() -> str:
    lines = [
        "# Rules",
        "",
        # No count here: it would be a conflict of every two branches that add a rule.
        "`lockstitch explain RULE` shows a page; `make docs` writes this list.",
        "",
    ]
    groups: dict[str, list[Rule]] = {}
    for rule in rules():
        groups.setdefault(type(rule).__module__.split(".")[2], []).append(rule)
    for service, held in sorted(groups.items()):
        lines += [f"## {service}", "", "| rule | finds | dev | staging | prod | offers an edit |"]
        lines.append("|---|---|---|---|---|---|")
        for rule in held:
            path = "/".join(type(rule).__module__.split("."))
            what = page(rule.id).split("\n\n")[1]
            fixes = any(example.after for example in examples(rule.id))
            severities = [_severity(rule.severity.of(name)) for name in ("dev", "staging", "prod")]
            cells = [f"[{rule.id}](../{path}.md)", what, *severities, "yes" if fixes else "no"]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def _settings() -> str:
    lines = [
        "# Settings",
        "",
        "All are variables of the environment. Those that hold a secret, and the two URLs, may",
        "also be given as a path in `NAME_FILE`. Empty secrets are refused.",
        "",
        "| variable | default | what it is |",
        "|---|---|---|",
    ]
    for variable in VARIABLES:
        default = f"`{variable.default}`" if variable.default else ""
        lines.append(f"| `{PREFIX}{variable.name}` | {default} | {variable.says} |")
    return "\n".join([*lines, ""])


def _json() -> str:
    schema = json.loads((files("bot.formats") / "report.schema.json").read_text("utf-8"))
    lines = [
        "# The JSON report",
        "",
        "`lockstitch check PATH --format json`. Keys may be added later, never changed; the",
        "schema is `bot/formats/report.schema.json`.",
        "",
    ]
    for name in ("finding", "not_analysed"):
        lines += [f"## {name}", "", "| key | type | what it is |", "|---|---|---|"]
        for key, shape in schema["$defs"][name]["properties"].items():
            kind = shape.get("type") or ("one of " + ", ".join(shape.get("enum", ["object, null"])))
            kind = ", ".join(kind) if isinstance(kind, list) else kind
            lines.append(f"| `{key}` | {kind} | {shape.get('description', '')} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
