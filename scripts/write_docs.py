"""Writes docs/rules.md, docs/settings.md and docs/json.md from the code, and the index of rules."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path

from bot.settings import PREFIX, VARIABLES
from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile, Safety, Severity
from remediations.plan import plan
from remediations.rule import INDEX, Rule, kinds_by_file, page, rules
from remediations.terraform.grammar import Grammar
from tests.rules.pages import examples

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def index() -> list[str]:
    """The lines of the index of rules, sorted by file."""
    return [json.dumps([name, *sorted(kinds)]) for name, kinds in sorted(kinds_by_file().items())]


def pages() -> dict[str, str]:
    """Every generated page by file name."""
    return {"rules.md": _rules(), "settings.md": _settings(), "json.md": _json()}


def _severity(severity: Severity | None) -> str:
    return severity.value if severity else "off"


def _rules() -> str:
    """Three ways in: by service, by how bad it is, by what closing it costs."""
    offered = {rule.id: _offered(rule) for rule in rules()}
    lines = [
        "# Rules",
        "",
        # No count here: it would be a conflict of every two branches that add a rule.
        "`lockstitch explain RULE` shows a page; `make docs` writes this list: by",
        "[service](#by-service), by [severity](#by-severity) and by",
        "[what a fix costs](#by-what-a-fix-costs).",
        "",
        "## By service",
        "",
    ]
    for service, held in sorted(_by_service().items()):
        lines += [f"### {service}", "", "| rule | finds | dev | staging | prod | fix |"]
        lines.append("|---|---|---|---|---|---|")
        for rule in held:
            what = page(rule.id).split("\n\n")[1]
            severities = [_severity(rule.severity.of(name)) for name in ("dev", "staging", "prod")]
            cells = [_link(rule), what, *severities, ", ".join(offered[rule.id]) or "advice"]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    lines += ["## By severity", "", "As in staging, where nobody says otherwise.", ""]
    for word in (*(one.value for one in reversed(Severity)), "off"):
        named = [r for r in rules() if _severity(r.severity.of("staging")) == word]
        lines += _listed(word, named)
    lines += [
        "## By what a fix costs",
        "",
        "`safe` changes in place and only makes stricter, `review` may change who can do what,",
        "`replace` destroys and creates again. One rule can offer several, for several resources.",
        "",
    ]
    for word in (*(one.value for one in Safety), "advice"):
        lines += _listed(word, [r for r in rules() if word in (offered[r.id] or ["advice"])])
    return "\n".join(lines)


def _by_service() -> dict[str, list[Rule]]:
    groups: dict[str, list[Rule]] = {}
    for rule in rules():
        groups.setdefault(type(rule).__module__.split(".")[2], []).append(rule)
    return groups


def _link(rule: Rule) -> str:
    return f"[{rule.id}](../{'/'.join(type(rule).__module__.split('.'))}.md)"


def _listed(heading: str, held: list[Rule]) -> list[str]:
    return [f"### {heading}", "", *(f"- {_link(rule)}" for rule in held), ""] if held else []


def _offered(rule: Rule) -> list[str]:
    """What its fixes cost on the examples of its page, the least first."""
    found: set[Safety] = set()
    alone = frozenset(other.id for other in rules() if other.id != rule.id)
    profile = Profile("prod", rules_off=alone)
    for example in examples(rule.id):
        if example.after is not None:
            files = {path: text.encode() for path, text in example.files.items()}
            codebase = Codebase.read(files, _grammar())
            made = plan(codebase, detect(codebase, profile), profile)
            found |= {fix.safety for fix in made.fixes}
    return [one.value for one in Safety if one in found]


@cache
def _grammar() -> Grammar:
    return Grammar.load(Path(tempfile.gettempdir()) / "lockstitch-docs.cache")


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
    (ROOT / "remediations" / "rules" / INDEX).write_text("\n".join([*index(), ""]))
