"""The proof: what has to hold of an edit before anybody sees it. Writes nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from posixpath import dirname

from .at_source import Place
from .codebase import Codebase
from .cycles import made_a_cycle, names_more
from .detect import Examination, examine
from .fingerprint import is_gone
from .iam.narrowing import widens
from .model import Profile, Span
from .terraform.compare import verify_text
from .terraform.edit import edits_between
from .terraform.nodes import Document
from .terraform.resource import address_of


def prove(
    before: Codebase,
    after: Codebase,
    closes: Collection[str],
    touches: Collection[Place],
    profile: Profile,
) -> str | None:
    """None, or the reason why ``after`` must not be offered.

    ``closes`` are the fingerprints that have to be gone, ``touches`` the blocks that may differ.
    Every other block is the same text, nothing new is found, no rule has lost its sight, no policy
    allows more, nothing needs itself, and the edits lead exactly from one to the other.
    """
    changed = _changed_paths(before, after)
    profile = replace(profile, exclude=())  # what nobody is told must not become worse either
    if not changed:
        return "the edit changes nothing"
    near = {dirname(path) for path in changed}
    return (
        _judged_better(
            examine(before, profile, directories=near),
            examine(after, profile, directories=near),
            closes,
        )
        or _declared_once(before, after, near)
        or _sound(before, after, near, changed, profile)
        or _same_elsewhere(before, after, changed, touches)
        or _same_text(before, after, changed)
    )


def _changed_paths(before: Codebase, after: Codebase) -> tuple[str, ...]:
    return tuple(
        path
        for path, document in after.documents.items()
        if path not in before.documents
        or before.documents[path].source.text != document.source.text
    )


def _judged_better(before: Examination, after: Examination, closes: Collection[str]) -> str | None:
    earlier, later = ([judged.finding for judged in end.judged] for end in (before, after))
    if not is_gone(closes, earlier, later):
        return "the finding is still there after the edit"
    everything = Counter(finding.fingerprint for finding in later)
    added = everything - Counter(finding.fingerprint for finding in earlier)
    # One that was unknown and is certain now is another finding too.
    added = added or _known(after) - _known(before)
    if added:
        rule = next(one.rule for one in later if one.fingerprint in added)
        return f"the edit would cause another finding: `{rule}`"
    blind = {(failed.rule, failed.path, failed.reason) for failed in after.not_analysed}
    if blind - {(failed.rule, failed.path, failed.reason) for failed in before.not_analysed}:
        return "a rule could not judge the edited text"
    return None


def _known(examination: Examination) -> Counter[str]:
    findings = (judged.finding for judged in examination.judged)
    return Counter(finding.fingerprint for finding in findings if finding.is_known)


def _declared_once(before: Codebase, after: Codebase, near: Collection[str]) -> str | None:
    """Nothing is declared twice that was not before."""
    earlier = _addresses(before, near)
    for place, count in _addresses(after, near).items():
        if count > max(1, earlier[place]):
            return f"`{place[1]}` would be declared twice"
    return None


def _sound(
    before: Codebase,
    after: Codebase,
    directories: Collection[str],
    changed: Collection[str],
    profile: Profile,
) -> str | None:
    """No policy allows more than it did, and nothing needs itself, whoever uses the module."""
    later = after.roots_by_name(profile)
    documents = ((before.documents.get(path), after.documents[path]) for path in changed)
    may_circle = names_more((old.source if old else None, new.source) for old, new in documents)
    for root in before.roots(profile):
        if root.directories.isdisjoint(directories):
            continue
        now = later.get(root.name)
        if now is None:
            return "the edit would leave a module without a caller"
        circle = made_a_cycle(root.module, now.module) if may_circle else None
        if circle is not None:
            return circle
        found = {module.path: module for module in now.module.family}
        for module in root.module.family:
            if module.path not in found:
                return f"`{module.path}` would no longer be called"
            reason = widens(module, found[module.path])
            if reason is not None:
                return reason
    return None


def _addresses(codebase: Codebase, directories: Collection[str]) -> Counter[Place]:
    return Counter(
        (module.directory, resource.address)
        for module in codebase.modules
        if module.directory in directories
        for resource in module.resources
    )


def _same_elsewhere(
    before: Codebase, after: Codebase, changed: Collection[str], touches: Collection[Place]
) -> str | None:
    for path in changed:
        old = before.documents.get(path)
        if old is None:
            continue
        new = _blocks(after.documents[path])
        for (address, ordinal), text in _blocks(old).items():
            if (dirname(path), address) not in touches and new.get((address, ordinal)) != text:
                return f"the edit would also change `{address}`"
        reason = _lost_comment(old, after.documents[path])
        if reason is not None:
            return reason
    return None


def _lost_comment(before: Document, after: Document) -> str | None:
    """Between the blocks nothing may go; what stands within a block was its own affair."""
    left = Counter(after.source.slice(span) for span in _comments_between(after))
    for span in _comments_between(before):
        text = before.source.slice(span)
        if not left[text]:
            line = before.source.line(span.start)
            return f"the edit would also take the comment on line {line} away"
        left[text] -= 1
    return None


def _comments_between(document: Document) -> Iterator[Span]:
    starts = [block.span.start for block in document.body.blocks()]
    ends = [block.span.end for block in document.body.blocks()]
    for span in document.comments:
        number = bisect_right(starts, span.start)
        if number == 0 or ends[number - 1] <= span.start:
            yield span


def _blocks(document: Document) -> Mapping[tuple[str, int], str]:
    """Text of every top-level block, by address and ordinal."""
    found: dict[tuple[str, int], str] = {}
    seen: Counter[str] = Counter()
    for block in document.body.blocks():
        name = address_of(block)
        found[name, seen[name]] = document.text_of(block)
        seen[name] += 1
    return found


def _same_text(before: Codebase, after: Codebase, changed: Collection[str]) -> str | None:
    """The edits, applied to the original, give exactly the text that was judged."""
    return next(_differences(before, after, changed), None)


def _differences(before: Codebase, after: Codebase, changed: Collection[str]) -> Iterator[str]:
    for path in changed:
        old, new = before.documents.get(path), after.documents[path]
        if old is None:
            continue
        reason = verify_text(old, new, edits_between(old.source, new.source))
        if reason is not None:
            yield reason
