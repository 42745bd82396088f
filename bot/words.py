"""Every word that a person reads on the forge, made from the templates beside this file.

Nothing reaches a page unescaped: what is not ``Markdown`` already becomes prose on its way out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from remediations.model import Finding, Location, NotAnalysed, Profile, Related, Safety

from .forge.vocabulary import GITHUB, Vocabulary
from .markdown import Markdown, code, fenced, prose, visible
from .redaction import redacted
from .remarks import Offer, Remark
from .repo_config import NAME, Problem
from .suggestion import Suggestion
from .terms import Proposed
from .verdict import Verdict, fails

_MOST_PLACES: Final = 5
PROMISES: Final = {
    Safety.SAFE: "in place, only stricter",
    Safety.REVIEW: "in place, may change who can do what",
    Safety.REPLACE: "destroys and recreates",
}


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything that the summary and the check tell.

    ``remarks`` hold every new finding once; ``folded`` are those that no comment carries.
    """

    verdict: Verdict
    profile: Profile
    remarks: tuple[Remark, ...] = ()
    folded: tuple[Remark, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()
    old: tuple[Finding, ...] = ()
    can_commit: bool = True
    is_empty: bool = False
    excluded: int = 0
    """Files that the repository's configuration leaves out."""
    is_lenient: bool = False
    """Whether the repository lets a check end neutral where something could not be read."""
    proposed: Proposed | None = None
    """What the change does to the configuration."""
    environments: tuple[str, ...] = ()
    """Those that were looked at."""
    is_draft: bool = False
    """Whether comments wait until the author calls for a review."""

    vocabulary: Vocabulary = GITHUB

    @property
    def ends_neutral(self) -> bool:
        """Whether leniency decides: nothing but unread files stands in the way."""
        return self.is_lenient and bool(self.blocking) and not self.failing

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every new finding."""
        return tuple(finding for remark in self.remarks for finding in remark.findings)

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The new findings that forbid a pass."""
        return tuple(finding for finding in self.findings if fails(finding, self.profile))

    @property
    def blocking(self) -> tuple[NotAnalysed, ...]:
        """What had to be looked at and could not be."""
        return tuple(item for item in self.not_analysed if item.blocking)

    @property
    def notes(self) -> tuple[NotAnalysed, ...]:
        """What was not read and does not matter for the verdict."""
        return tuple(item for item in self.not_analysed if not item.blocking)

    @property
    def decisions(self) -> tuple[Remark, ...]:
        """Remarks that a person has to think about, the worst first."""
        open_ones = (remark for remark in self.remarks if remark.safety is not Safety.SAFE)
        return tuple(sorted(open_ones, key=lambda remark: -remark.severity.rank))

    @property
    def safe(self) -> tuple[Finding, ...]:
        """Findings that a safe fix closes."""
        return tuple(
            finding
            for remark in self.remarks
            if remark.safety is Safety.SAFE
            for finding in remark.findings
        )

    @property
    def has_suggestions(self) -> bool:
        """True where a safe fix is a suggestion too."""
        return any(
            remark.offer is Offer.SUGGESTION and remark.safety is Safety.SAFE
            for remark in self.remarks
        )

    def by_file(self, rows: int) -> list[tuple[str, list[tuple[Remark, Finding]]]]:
        """The first ``rows`` findings with their remarks, file by file, line by line."""
        pairs = [(remark, finding) for remark in self.remarks for finding in remark.findings]
        pairs.sort(key=lambda pair: (pair[1].location.path, pair[1].location.line, pair[1].rule))
        groups = groupby(pairs[:rows], key=lambda pair: pair[1].location.path)
        return [(path, list(group)) for path, group in groups]


def comment(
    remarks: Sequence[Remark], marker: str, limit: int, *, can_commit: bool, docs_url: str
) -> str:
    """The body of one inline comment on a block, or an empty text where it cannot fit the limit.

    Only the folded patches are ever cut, and visibly; a suggestion is whole or not there.
    """
    patches = [remark.patch.split("\n")[:-1] for remark in remarks]
    findings = tuple(finding for remark in remarks for finding in remark.findings)
    whole = replace(remarks[0], findings=findings)

    def render(rows: int) -> str:
        return _render(
            "comment.md",
            whole=whole,
            parts=[
                (remark, _shown_patch(lines, rows))
                for remark, lines in zip(remarks, patches, strict=True)
            ],
            marker=Markdown(marker),
            can_commit=can_commit,
            docs_url=docs_url,
        )

    return fitted(render, max(map(len, patches)), limit)


def headline(digest: Digest) -> str:
    """The check's title: the verdict in a few words."""
    if digest.verdict is Verdict.COULD_NOT_REVIEW:
        paths = {item.path for item in digest.blocking}
        return f"Could not review {counted(paths, 'file')}"
    if digest.verdict is Verdict.FAILED:
        return f"{counted(digest.failing, 'finding')} to fix"
    if digest.findings:
        return f"Passed, {counted(digest.findings, 'finding')} to look at"
    return "Nothing to check" if digest.is_empty else "No new findings"


def summary(digest: Digest, limit: int) -> str:
    """What the check's summary and the conversation's comment say."""
    longest = max(map(len, (digest.decisions, digest.folded, digest.not_analysed)))
    return fitted(lambda rows: _render("summary.md", digest=digest, rows=rows), longest, limit)


def unusable(
    problems: Iterable[Problem],
    base_ref: str,
    proposed: Proposed | None = None,
    vocabulary: Vocabulary = GITHUB,
) -> str:
    """Why nothing can be judged: what is wrong with the base branch's configuration."""
    return _render(
        "unusable.md",
        problems=tuple(problems),
        base_ref=base_ref,
        proposed=proposed,
        vocabulary=vocabulary,
    )


def details(digest: Digest, limit: int) -> str:
    """Every new finding in tables by file, cut visibly at the limit."""
    count = len(digest.findings)
    return fitted(lambda rows: _render("details.md", digest=digest, rows=rows), count, limit)


def with_details(digest: Digest, told: str, limit: int) -> str:
    """A summary for a host whose checks have no words: every finding is folded away below it."""
    room = limit - len(told) - len(_render("folded.md", told="", listed=""))
    listed = details(digest, room) if digest.findings and room > 0 else ""
    return _render("folded.md", told=Markdown(told), listed=Markdown(listed)) if listed else told


def annotation(remark: Remark, finding: Finding, *, can_commit: bool) -> str:
    """The text of an annotation."""
    return _render("annotation.txt", remark=remark, finding=finding, can_commit=can_commit)


def fitted(render: Callable[[int], str], rows: int, limit: int) -> str:
    """The rendering with as many rows as fit the limit; empty where not even none fits."""
    text = render(rows)
    while len(text) > limit and rows > 0:
        rows = min(rows - 1, rows * limit // len(text))
        text = render(rows)
    return text if len(text) <= limit else ""


def counted(things: Sized, noun: str) -> str:
    """ "1 finding", "2 findings"."""
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"


def number_of(count: int, noun: str) -> str:
    """ "1 file is", "2 files are"."""
    return f"{count} {noun} is" if count == 1 else f"{count} {noun}s are"


def _shown_patch(lines: list[str], rows: int) -> Markdown:
    text = visible(redacted("\n".join(lines[:rows])).replace("\r\n", "\n"), keep="\n\t")
    shown = fenced(text, "diff")
    if rows < len(lines):
        return Markdown(f"{shown}\n\n{len(lines) - rows} more lines are not shown.")
    return shown


def _severity(thing: Finding | Remark) -> str:
    word = thing.severity.value.capitalize()
    known = thing.is_known if isinstance(thing, Finding) else thing.first.is_known
    return word if known else f"Unknown, {word.lower()} if so"


def _where(place: Location | NotAnalysed) -> Markdown:
    return code(f"{place.path}:{place.line}")


def _place(problem: Problem) -> Markdown:
    return code(f"{NAME}:{problem.line}:{problem.column}")


def _block(suggestion: Suggestion) -> Markdown:
    return fenced("".join(f"{line}\n" for line in suggestion.lines), "suggestion")


def _reply(safety: Safety) -> str:
    return "fix replace" if safety is Safety.REPLACE else "fix"


def _titles(remark: Remark) -> Markdown:
    return prose(", ".join(dict.fromkeys(finding.title for finding in remark.findings)))


def _take(remark: Remark, can_commit: bool) -> Markdown:  # noqa: FBT001 - a filter's argument has no name
    """How this remark's fix is taken, in a few words."""
    safety = remark.safety
    if safety is None:
        decides = any(finding.advice for finding in remark.findings)
        return Markdown("decide; there is no edit" if decides else "no fix can be offered now")
    if remark.offer is Offer.SUGGESTION and remark.has_thread:
        return Markdown(f"commit its suggestion ({safety.value})")
    if can_commit and remark.has_thread:
        return Markdown(f"reply {code(_reply(safety))} in its thread ({safety.value})")
    if can_commit and safety is Safety.SAFE:
        return Markdown(f"comment {code('/lockstitch fix')} ({safety.value})")
    level = "" if safety is Safety.SAFE else f" --up-to {safety.value}"
    return Markdown(f"run {code(f'lockstitch fix --write{level}')} on a checkout")


def _fix_word(remark: Remark) -> str:
    return f"{remark.safety.value}, {remark.offer.value}" if remark.safety else "advice"


def rule_link(rule: str, docs_url: str) -> Markdown:
    """Where a rule is explained: on the server's page, or by a command where nobody reaches it."""
    if docs_url:
        return Markdown(f"[{rule}]({docs_url}/rules/{rule})")
    return code(f"/lockstitch explain {rule}")


def _by_rule(findings: Iterable[Finding]) -> Markdown:
    counts = Counter(finding.rule for finding in findings)
    return Markdown(", ".join(f"{code(rule)} ({count})" for rule, count in sorted(counts.items())))


def _findings(remarks: Iterable[Remark]) -> list[Finding]:
    return [finding for remark in remarks for finding in remark.findings]


def _reasoned(remark: Remark) -> list[Remark]:
    """A part for each different advice or reason, so that all are said and none is said twice."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in remark.findings:
        key = finding.advice, "" if finding.advice else remark.reason(finding)
        alike.setdefault(key, []).append(finding)
    return [replace(remark, findings=tuple(found)) for found in alike.values()]


def _places(remark: Remark) -> Markdown:
    """Where else to look, each place once: what the comment itself stands at is left out."""
    far = (one for one in remark.findings if not _stands_in(remark, one.block))
    own = [Related(one.location, "where it takes effect") for one in far]
    found = (*own, *(place for one in remark.findings for place in one.related))
    related = [one for one in dict.fromkeys(found) if not _stands_in(remark, one.location)]
    shown = [f"{_where(one.location)} ({prose(one.role)})" for one in related[:_MOST_PLACES]]
    more = len(related) - len(shown)
    shown += [f"and {counted(range(more), 'more place')}"] if more else []
    return Markdown(", ".join(shown))


def _stands_in(remark: Remark, place: Location) -> bool:
    """Whether the comment is shown at some line of a place."""
    anchor = remark.anchor
    return anchor is not None and (
        anchor.path == place.path
        and anchor.start_line <= place.end_line
        and anchor.line >= place.line
    )


def _environments(names: Sequence[str]) -> Markdown:
    """``dev`` and ``prod``."""
    shown = [code(name) for name in names[:_MOST_PLACES]]
    more = len(names) - len(shown)
    words = [*shown, f"{more} more"] if more else shown
    return Markdown(" and ".join(filter(None, (", ".join(words[:-1]), words[-1]))))


def _sentence(text: str) -> Markdown:
    """With a capital and a full stop, whoever wrote it."""
    written = text if isinstance(text, Markdown) else prose(text)
    if not written:
        return written
    stop = "" if written[-1] in ".?:" else "."
    return Markdown(f"{written[0].upper()}{written[1:]}{stop}")


def _once(text: str) -> str:
    """Each sentence one time: a fix for several findings may cost the same for each."""
    return " ".join(dict.fromkeys(re.split(r"(?<=[.?]) ", text)))


def _rules(findings: Iterable[Finding]) -> Iterator[str]:
    return iter(dict.fromkeys(finding.rule for finding in findings))


def _some(count: int) -> str:
    return {0: "none is", 1: "1 is"}.get(count, f"{count} are")


def _escaped(value: object) -> str:
    """What is not Markdown by its type is a sentence from a rule or from the change."""
    return value if isinstance(value, Markdown) else prose(str(value))


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values).strip("\n")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot"),
        autoescape=False,  # noqa: S701 - Markdown comes out, and ``finalize`` escapes for it
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_escaped,
    )
    environment.filters |= {
        "block": _block,
        "by_rule": _by_rule,
        "code": code,
        "counted": counted,
        "environments": _environments,
        "findings": _findings,
        "fix_word": _fix_word,
        "iff": lambda condition, yes, no: Markdown(yes if condition else no),
        "iff_one": lambda count, one, many: Markdown(one if count == 1 else many),
        "link": rule_link,
        "number_of": number_of,
        "place": _place,
        "once": _once,
        "places": _places,
        "promise": PROMISES.__getitem__,
        "reasoned": _reasoned,
        "reply": _reply,
        "rules": _rules,
        "sentence": _sentence,
        "severity": _severity,
        "some": _some,
        "take": _take,
        "titles": _titles,
        "where": _where,
        "word": lambda thing: Markdown(thing.value if isinstance(thing, Safety) else thing),
    }
    return environment
