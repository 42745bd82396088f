"""Terraform that Hypothesis makes up: valid, laid out as ``terraform fmt`` would or not at all."""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck
from hypothesis import strategies as st

SLOW_DRAWS: Final = [HealthCheck.too_slow]
"""What tests of whole files suppress: drawing one takes long, and that is no fault of theirs."""

NAMES = st.sampled_from(
    ["a", "bb", "name", "kms_key_id", "for_each", "in", "my-name", "größe", "tags", "x1", "source"]
)
_NUMBERS = st.sampled_from(["0", "1", "-2", "3.5", "1e3", "007"])
_WORDS = st.sampled_from(["true", "false", "null", "var.x", "local.y[0].z", "a.b[*].c", "each.key"])
_TEXT = st.sampled_from(
    [
        '""',
        '"plain"',
        '"${var.x}-tail"',
        '"$${not} %%{this}"',
        '"\\"quoted\\" \\\\ \\n \\u00e9"',
        '"# no comment { ["',
        '"ünïcödé 🙂"',
        '"${"${var.x}"}"',
        '"%{ if var.x }a%{ else }b%{ endif }"',
    ]
)
_HEREDOCS = st.sampled_from(
    [
        '<<EOF\nplain "text" {\nEOF',
        "<<-EOF\n    ${var.x} and $${y}\n      more\n    EOF",
        "<<E\nE",
        "<<EOT\nresource { # no }\nEOT",
    ]
)
_COMMENTS = st.sampled_from(["# c", "// c", "# { [ ( <<EOF", "# ünï"])


@st.composite
def _lists(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    items = draw(st.lists(inner, max_size=3))
    if draw(st.booleans()):
        return "[" + ", ".join(items) + "]"
    return "[\n" + "".join(f"  {item},\n" for item in items) + "]"


@st.composite
def _objects(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    keys = draw(st.lists(NAMES, max_size=3, unique=True))
    lines = [f"  {key} = {draw(inner)}" for key in keys]
    return "{\n" + "\n".join(lines) + "\n}" if lines else "{}"


@st.composite
def _calls(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    name = draw(st.sampled_from(["jsonencode", "merge", "toset", "provider::aws::f"]))
    return f"{name}({', '.join(draw(st.lists(inner, max_size=3)))})"


@st.composite
def _operations(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    sign = draw(st.sampled_from(["+", "-", "*", "==", "&&", "<="]))
    left, right, other = draw(inner), draw(inner), draw(inner)
    simple = f"({left} {sign} {right})"
    return draw(st.sampled_from([simple, f"{simple} ? {right} : {other}", f"!({left})"]))


_FLAT = st.one_of(_NUMBERS, _WORDS, _TEXT)
VALUES = st.recursive(
    _FLAT,
    lambda inner: st.one_of(_lists(inner), _objects(inner), _calls(inner), _operations(inner)),
    max_leaves=6,
)


@st.composite
def _bodies(draw: st.DrawFn, depth: int, indent: str) -> str:
    lines: list[str] = []
    used: set[str] = set()
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.integers(0, 9))
        if kind == 0:
            lines.append("")
        elif kind == 1:
            lines.append(indent + draw(_COMMENTS))
        elif kind <= 3 and depth < 3:
            lines += draw(_blocks(depth + 1, indent)).split("\n")
        else:
            name = draw(NAMES)
            if name in used:
                continue
            used.add(name)
            value = draw(st.one_of(VALUES, VALUES, _HEREDOCS)) if kind < 9 else draw(_FLAT)
            gap = " " * draw(st.sampled_from([1, 1, 1, 2, 5]))
            tail = f" {draw(_COMMENTS)}" if kind == 9 else ""
            lines.append(f"{indent}{name}{gap}= {value}{tail}")
    return "\n".join(lines)


@st.composite
def _blocks(draw: st.DrawFn, depth: int, indent: str) -> str:
    kind = draw(st.sampled_from(["resource", "data", "dynamic", "locals", "in"]))
    labels = draw(st.lists(st.sampled_from(['"aws_x"', '"y-1"', "bare", '""']), max_size=2))
    header = indent + " ".join([kind, *labels])
    if draw(st.integers(0, 4)) == 0:
        inside = draw(st.sampled_from(["", f" {draw(NAMES)} = {draw(VALUES)} ", " /* c */ "]))
        return f"{header} {{{inside}}}"
    body = draw(_bodies(depth, indent + "  "))
    return f"{header} {{\n{body}\n{indent}}}" if body else f"{header} {{\n{indent}}}"


@st.composite
def files(draw: st.DrawFn) -> str:
    """A whole file: arguments, then blocks. Most end in a newline."""
    pieces = [draw(_bodies(3, "")), *draw(st.lists(_blocks(0, ""), max_size=3))]
    text = "\n\n".join(piece for piece in pieces if piece)
    return text + ("" if text.endswith("}") and draw(st.booleans()) else "\n")
