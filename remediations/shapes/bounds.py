"""A statement on everything that could be kept to a region or an account by one condition."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar, Final

from ..fingerprint import numbered
from ..frozen import dataclass
from ..iam.choice import named_already
from ..iam.conditions import require
from ..iam.identity import identity_statements
from ..iam.placing import handed_on, path_of, touched, why_kept
from ..iam.scoping import Named, Only, Split, scope
from ..iam.size import nearly_full
from ..iam.statements import DOCUMENT, ENCODED, Statement
from ..lookups import look_up
from ..rule import Advice, Offer, Repair, Rule, Targeted, Violation
from ..terraform.edit import Intent
from ..terraform.module import Module, Resource

_MADE: Final = "A dynamic block makes the statement, so it goes into its content."


@dataclass(frozen=True, slots=True)
class Kept:
    """The actions that the condition is for, and those that it would lock out.

    ``shown`` are those that a person has to hear of. ``key`` tells the statement from others.
    """

    actions: tuple[str, ...]
    others: tuple[str, ...]
    shown: tuple[str, ...]
    key: str


class KeepWithin(Rule):
    """One violation a statement; nothing else of it is changed than when it holds.

    Where what is meant can be named, that comes first: it says more than the condition.
    """

    resources = (DOCUMENT, *ENCODED)
    condition: ClassVar[str]
    """The key of the request, and ``within``, what looks up the value that it has to have."""
    within: ClassVar[str]
    sid_word: ClassVar[str]
    offer: ClassVar[Offer]

    @abstractmethod
    def kept(self, statement: Statement) -> Kept | None:
        """What of a statement the condition is for; None where there is nothing to say."""

    @abstractmethod
    def told(self, kept: Kept) -> str:
        """What the statement means as it is."""

    @abstractmethod
    def why_not(self, holder: Resource, module: Module) -> str | None:
        """Why the one that is looked up may not be enough, in a sentence."""

    def costs(self, kept: Kept) -> Iterator[str]:
        """What else stops working, by what the statement is for."""
        return iter(())

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """Every statement that could be kept to it."""
        seen: Counter[str] = Counter()
        for policy, statement in identity_statements(resource, module):
            kept = self.kept(statement)
            if kept is None:
                continue
            seen[kept.key] += 1
            yield Violation(
                "statement.condition" if resource.kind == DOCUMENT else "policy",
                self.told(kept),
                self._repair(resource, policy, statement, kept, module),
                statement.shown(statement.resources_at),
                statement=numbered(kept.key, seen[kept.key]),
                related=statement.related(statement.resources_at),
            )

    def _repair(
        self,
        holder: Resource,
        policy: tuple[Statement, ...],
        statement: Statement,
        kept: Kept,
        module: Module,
    ) -> Repair | Advice:
        by_hand = f"Add a condition on `{self.condition}`."
        why = why_kept(statement, holder) or (_MADE if statement.is_made else None)
        why = why or self.why_not(holder, module)
        if why is not None:
            return Advice(f"{by_hand} {why}")
        named = named_already(holder, policy, statement, module)
        if named is not None:
            return Advice(f"Name {named} first: what is named is kept to its place as well.")
        lookups = look_up(module, self.within)
        value = lookups.names[self.within]
        only = Only(self.condition, (f'"${{{value}}}"' if statement.is_json else value,))
        intents = _intents(holder, policy, statement, kept, self.sid_word, only)
        if intents is None:
            listed = ", ".join(f"`{one}`" for one in kept.others)
            return Advice(f"{by_hand} It would lock out {listed}: give them their own statement.")
        path = path_of(statement, holder)
        after = None if statement.elsewhere else holder.block
        return self.offer.repair(
            *(Targeted(path, intent) for intent in intents),
            *lookups.written(path, after),
            touches=touched(statement),
            besides=(
                *self.costs(kept),
                *handed_on(statement),
                *nearly_full(policy, holder, (), module),
            ),
        )


def _intents(
    holder: Resource,
    policy: tuple[Statement, ...],
    statement: Statement,
    kept: Kept,
    word: str,
    only: Only,
) -> tuple[Intent, ...] | None:
    """The condition; the other actions stay in a statement without it."""
    document = statement.document(holder.document)
    if not kept.others:
        return (require(statement, only.key, only.values, document),)
    nodes = [item.node for item in statement.resources if item.node is not None]
    # What else is said of the actions goes by the Sid of their statement, or by which whole
    # services stand in it: apart, they would be other findings.
    whole = [item for item in statement.actions if item.text.endswith(":*")]
    if statement.sid is not None or len(whole) > 1 or len(nodes) < len(statement.resources):
        return None
    as_written = Named(tuple(document.source.slice(node.span) for node in nodes))
    sorted_actions = Split("", kept.actions, kept.others, frozenset(), ())
    return scope(document, policy, statement, sorted_actions, as_written, word, only)


def some(actions: tuple[str, ...]) -> str:
    """The first three, and how many more, for a sentence."""
    shown = [f"`{action}`" for action in actions[:3]]
    if len(actions) > len(shown):
        shown.append(f"{len(actions) - len(shown)} more")
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
