"""The proof: what has to hold of an edit before anybody sees it. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from .codebase import Codebase
from .detect import examine
from .model import Profile
from .source import apply
from .terraform.nodes import Block, Document


def prove(
    before: Codebase,
    after: Codebase,
    closes: Collection[str],
    touches: Collection[str],
    profile: Profile,
) -> str | None:
    """None, or the reason why ``after`` must not be offered.

    ``closes`` are the fingerprints that have to be gone, ``touches`` the addresses whose blocks may
    differ. Every other block is the same text, nothing new is found, and the edits lead exactly
    from one to the other.
    """
    directories = {path.rpartition("/")[0] for path in after.documents}
    changed = _changed_paths(before, after)
    near = {path.rpartition("/")[0] for path in changed} & directories
    old = {j.finding.fingerprint for j in examine(before, profile, directories=near).judged}
    new = {j.finding.fingerprint for j in examine(after, profile, directories=near).judged}
    if not changed:
        return "the edit changes nothing"
    if new & set(closes):
        return "the finding is still there after the edit"
    if new - old:
        return "the edit would cause another finding"
    return _same_elsewhere(before, after, changed, touches) or _replay(before, after)


def _changed_paths(before: Codebase, after: Codebase) -> tuple[str, ...]:
    return tuple(
        path
        for path, document in after.documents.items()
        if path not in before.documents
        or before.documents[path].source.text != document.source.text
    )


def _same_elsewhere(
    before: Codebase, after: Codebase, changed: Collection[str], touches: Collection[str]
) -> str | None:
    for path in changed:
        old = _blocks(before.documents[path]) if path in before.documents else {}
        new = _blocks(after.documents[path])
        for key, text in old.items():
            if key[0] not in touches and new.get(key) != text:
                return f"the edit would also change `{key[0]}`"
    return _declared_once(after)


def _declared_once(codebase: Codebase) -> str | None:
    for module in codebase.modules:
        counts = Counter(resource.address for resource in module.resources)
        twice = [address for address, count in counts.items() if count > 1]
        if twice:
            return f"`{twice[0]}` would be declared twice"
    return None


def _blocks(document: Document) -> Mapping[tuple[str, int], str]:
    """Text of every top-level block, by address and ordinal."""
    found: dict[tuple[str, int], str] = {}
    seen: Counter[str] = Counter()
    for block in document.body.blocks():
        name = address_of(block)
        found[name, seen[name]] = document.text_of(block)
        seen[name] += 1
    return found


def address_of(block: Block) -> str:
    """The address of a resource or data block; other blocks by type and labels."""
    words = block.labels if block.type == "resource" else (block.type, *block.labels)
    return ".".join(words)


def _replay(before: Codebase, after: Codebase) -> str | None:
    """The edits, applied to the original bytes, give exactly the bytes that were judged."""
    edits = before.edits_to(after)
    for path in {edit.path for edit in edits} & set(before.documents):
        mine = [edit for edit in edits if edit.path == path]
        replayed = apply(before.documents[path].source, mine)
        if replayed.text != after.documents[path].source.text:
            return "the edit cannot be written down exactly"
    return None
