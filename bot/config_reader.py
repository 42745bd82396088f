"""Reads ``.lockstitch.yml``: bytes in, decisions or every problem with its place out.

Accepts exactly what ``lockstitch.schema.json`` accepts, and knows the rules besides. Opens no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches
from typing import Final

from remediations import glob
from remediations.model import ENVIRONMENTS, Severity
from remediations.rule import rules

from .forge.conclusion import Conclusion
from .repo_config import MAX_BYTES, ConfigError, Declared, Problem, RepoConfig, too_large
from .yaml_nodes import Mapping, Node, NotYaml, Scalar, Sequence, read

MAX_TEXT: Final = 300
MAX_ITEMS: Final = 100

_TOP: Final = ("environments", "fail_on", "on_error", "on_unparsed", "paths", "rules")
_OF_ENVIRONMENT: Final = ("level", "paths", "tfvars", "workspaces")
_SEVERITIES: Final = tuple(severity.value for severity in Severity)
_CONCLUSIONS: Final = (Conclusion.FAILURE.value, Conclusion.NEUTRAL.value)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VALUES: Final = re.compile(r"(?!/)[^\x00-\x1f\x7f\\*?\[\]{}]*\.tfvars(?:\.json)?")
_WORKSPACE: Final = re.compile(r"[A-Za-z0-9._~-]{1,90}")


def parse(data: bytes) -> RepoConfig:
    """What the file says. Raises ``ConfigError`` with everything that is wrong with it."""
    if len(data) > MAX_BYTES:
        raise ConfigError(too_large(len(data)))
    try:
        document = read(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise ConfigError(Problem("this is no UTF-8; save it as UTF-8", line, column)) from error
    except NotYaml as error:
        raise ConfigError(Problem(str(error), error.line, error.column)) from error
    reader = _Reader()
    config = reader.config(document)
    if reader.problems:
        raise ConfigError(*sorted(reader.problems, key=lambda one: (one.line, one.column)))
    return config


class _Reader:
    """Goes on after a problem, so that all of them are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def config(self, document: Node | None) -> RepoConfig:
        if document is None or document.kind == "null":
            return RepoConfig()
        given = self._table(document, "the file", _TOP)
        severity = self._one_of(given, "fail_on", _SEVERITIES)
        return RepoConfig(
            environments=self._environments(given.get("environments")),
            fail_on=None if severity is None else Severity(severity),
            rules_off=self._rules(given.get("rules")),
            exclude=self._exclude(given.get("paths")),
            on_error=self._conclusion(given, "on_error"),
            on_unparsed=self._conclusion(given, "on_unparsed"),
        )

    def _environments(self, node: Node | None) -> tuple[Declared, ...]:
        found = []
        for key, value in self._entries(node, "`environments`"):
            if not _NAME.fullmatch(key.text):
                rule = "begins with a letter or digit, then letters, digits, `.`, `_`, `-`"
                self._wrong(key, f"this is no name of an environment: it {rule}, at most 64")
            found.append(self._environment(key.text, value))
        return tuple(found)

    def _environment(self, name: str, node: Node) -> Declared:
        if node.kind == "null":
            return Declared(name)
        given = self._table(node, f"`{name}`", _OF_ENVIRONMENT)
        return Declared(
            name,
            self._one_of(given, "level", ENVIRONMENTS),
            self._texts(given, "paths", _bad_glob),
            self._texts(given, "tfvars", _bad_values),
            self._texts(given, "workspaces", _bad_workspace),
        )

    def _rules(self, node: Node | None) -> frozenset[str]:
        known: dict[str, list[str]] = {}
        for rule in rules():
            for name in (rule.id, *rule.aliases):
                known.setdefault(name, []).append(rule.id)
        off: set[str] = set()
        for key, value in self._entries(node, "`rules`"):
            if key.text not in known:
                near = _near(key.text, known)
                self._wrong(key, f"there is no rule called `{_short(key.text)}`{near}")
            if not _is_off(value):
                said = "the one thing to say of a rule here is `off`; take the line away to keep it"
                self._wrong(value, said)
            off.update(known.get(key.text, ()))
        return frozenset(off)

    def _exclude(self, node: Node | None) -> tuple[str, ...]:
        given = {} if node is None else self._table(node, "`paths`", ("exclude",))
        return self._texts(given, "exclude", _bad_glob)

    def _conclusion(self, given: dict[str, Node], key: str) -> Conclusion:
        return Conclusion(self._one_of(given, key, _CONCLUSIONS) or Conclusion.FAILURE.value)

    def _table(self, node: Node, what: str, known: Collection[str]) -> dict[str, Node]:
        """The values by key; keys that nobody knows are problems."""
        found: dict[str, Node] = {}
        for key, value in self._entries(node, what):
            if key.text in known:
                found[key.text] = value
            else:
                near = _near(key.text, known) or f"; known are {', '.join(known)}"
                self._wrong(key, f"there is no key `{_short(key.text)}` in {what}{near}")
        return found

    def _entries(self, node: Node | None, what: str) -> Iterator[tuple[Scalar, Node]]:
        if node is None:
            return
        if not isinstance(node, Mapping):
            self._wrong(node, f"{what} has to be a map of `key: value`, not {_kind(node)}")
            return
        seen: set[str] = set()
        for number, (key, value) in enumerate(node.items):
            if number == MAX_ITEMS:
                self._wrong(key, f"{what} has more than {MAX_ITEMS} entries; no more are read")
            if number < MAX_ITEMS and key.text not in seen:
                yield key, value
            elif key.text in seen:
                self._wrong(key, f"`{_short(key.text)}` stands here twice; keep one")
            seen.add(key.text)

    def _one_of(self, given: dict[str, Node], key: str, allowed: Collection[str]) -> str | None:
        node = given.get(key)
        if node is None:
            return None
        if isinstance(node, Scalar) and node.kind == "text" and node.text in allowed:
            return node.text
        said, near = _kind(node), ""
        if isinstance(node, Scalar) and node.text:
            said, near = f"`{_short(node.text)}`", _near(node.text, allowed)
        self._wrong(node, f"`{key}` has to be one of {', '.join(allowed)}, not {said}{near}")
        return None

    def _texts(
        self, given: dict[str, Node], key: str, check: Callable[[str], str | None]
    ) -> tuple[str, ...]:
        """One text, or a list of them; each has to pass the check."""
        node = given.get(key)
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        if not items:
            self._wrong(node, f"`{key}` is empty; say at least one, or take it away")
        if len(items) > MAX_ITEMS:
            self._wrong(node, f"`{key}` has more than {MAX_ITEMS} entries; no more are read")
        return tuple(self._text(item, key, check) for item in items)

    def _text(self, item: Node, key: str, check: Callable[[str], str | None]) -> str:
        if not isinstance(item, Scalar) or item.kind != "text":
            quoted = "; put it in quotes" if item.kind in ("number", "boolean") else ""
            self._wrong(item, f"what stands in `{key}` has to be text, not {_kind(item)}{quoted}")
            return ""
        if len(item.text) > MAX_TEXT:
            self._wrong(item, f"this is longer than {MAX_TEXT} characters")
        elif reason := check(item.text):
            self._wrong(item, reason)
        return item.text

    def _wrong(self, node: Node, message: str) -> None:
        self.problems.append(Problem(message, node.line, node.column))


def _bad_glob(text: str) -> str | None:
    reason = glob.problem(text)
    return None if reason is None else f"this is no glob: {reason}"


def _bad_values(text: str) -> str | None:
    if _VALUES.fullmatch(text):
        return None
    return "this is no file of values: write a path in the repository that ends in `.tfvars`"


def _bad_workspace(text: str) -> str | None:
    return None if _WORKSPACE.fullmatch(text) else "this is no name of a workspace"


def _is_off(node: Node) -> bool:
    """``off``, or the ``false`` that programs of YAML 1.1 make of it."""
    if not isinstance(node, Scalar):
        return False
    return (node.kind, node.text.lower()) in (("text", "off"), ("boolean", "false"))


def _near(text: str, known: Collection[str]) -> str:
    near = get_close_matches(text[:MAX_TEXT], known, n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _kind(node: Node) -> str:
    return {"text": "text", "null": "nothing"}.get(node.kind, f"a {node.kind}")
