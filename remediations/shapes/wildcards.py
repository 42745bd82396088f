"""A statement that allows something on every resource of a service, where it could name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from ..fingerprint import numbered
from ..iam.actions import data_date, reach
from ..iam.choice import Choice, choose
from ..iam.identity import identity_statements
from ..iam.inference import Question
from ..iam.merging import is_merged, sid_of
from ..iam.narrowing import escaping
from ..iam.nouns import NOUNS
from ..iam.permissions import covers
from ..iam.placing import handed_on, touched, why_kept
from ..iam.scoping import Split, beside, is_scoped_by_condition, named, scope
from ..iam.size import nearly_full
from ..iam.sorting import sort
from ..iam.statements import DOCUMENT, ENCODED
from ..model import Safety
from ..rule import Advice, Repair, Rule, Targeted, Violation
from ..terraform.module import Module, Resource
from .bounds import some

_BEST_KNOWN: Final = "s3:ListAllMyBuckets"


class ScopeResources(Rule):
    """One finding a statement; scoped where it can be told which resources are meant.

    ``about`` names the actions that make it a finding (all that can be scoped, where it is empty);
    whatever else of the service can be scoped goes with them. ``message`` may hold ``{actions}``.
    """

    resources = (DOCUMENT, *ENCODED)
    noun: ClassVar[str]
    message: ClassVar[str]
    sid_word: ClassVar[str]
    """What is put behind the Sid of a statement that is split off."""
    sid_words: ClassVar[Mapping[frozenset[str], str]] = {}
    """Other words for it, where only these types of resource are needed."""
    about: ClassVar[tuple[str, ...]] = ()
    only_declared: ClassVar[bool] = False
    """Whether nothing is said in a module that declares none of what could be named."""

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """Every statement whose actions could be scoped."""
        noun = NOUNS[self.noun]
        if self.only_declared and not any(module.of_kind(kind) for kind in noun.kinds):
            return
        seen: Counter[str] = Counter()
        for policy, statement in identity_statements(resource, module):
            question = Question(noun, resource, policy, statement, module)
            sorted_actions = sort(question)
            if not self.is_about(sorted_actions) or is_scoped_by_condition(statement):
                continue
            key = statement.key_of(sorted_actions.movable)
            seen[key] += 1
            yield Violation(
                "statement.resources" if resource.kind == DOCUMENT else "policy",
                self.message.format(actions=some(sorted_actions.movable)),
                self.repair(question, sorted_actions),
                statement.shown(statement.resources_at),
                statement=numbered(key, seen[key]),
                related=statement.related(statement.resources_at),
            )

    def is_about(self, sorted_actions: Split) -> bool:
        """Whether what can be scoped is what the rule is about."""
        if not self.about:
            return bool(sorted_actions.movable)
        return any(covers(held, one) for held in sorted_actions.movable for one in self.about)

    def repair(self, question: Question, sorted_actions: Split) -> Repair | Advice:
        """The narrowed statement, or what keeps it from being narrowed."""
        choice = choose(question)
        if isinstance(choice, str):
            return Advice(choice)
        statement, holder, module = question.statement, question.holder, question.module
        listed = _quoted(sorted_actions.movable)
        by_hand = f"Give {listed} a statement of its own on {choice.names}."
        kept = why_kept(statement, holder)
        if kept is not None:
            then = f"Then name {choice.names} in place of the wildcard."
            return Advice(f"{_capital(choice.evidence)}. {kept} {then}")
        open_ones = [item.text for item in statement.actions if not item.is_known]
        if open_ones:
            return Advice(f"`{open_ones[0]}` decides what else the statement allows. {by_hand}")
        written = named(
            choice.resources,
            sorted_actions.types,
            sorted_actions.service,
            self.noun.split()[-1],
            is_json=statement.is_json,
        )
        if written is None:
            return Advice(f"{by_hand} That stands for several, or for none: name each of them.")
        if escaping(beside(statement, sorted_actions, module), written.patterns, module):
            return Advice(
                "The statement names other resources too. Take the wildcard out of the list."
            )
        held = tuple(item.text for item in statement.resources)
        if not written.patterns:
            return Advice(by_hand)
        if escaping(written.patterns, held, module):
            return Advice(f"{by_hand} Whether it lies in `{held[0]}` cannot be told here.")
        word = self.sid_words.get(sorted_actions.types, self.sid_word)
        if sorted_actions.staying and sid_of(statement) and is_merged(holder, module):
            return Advice(f"{by_hand} Its document is merged with others by Sid: see what wins.")
        document = statement.document(holder.document)
        intents = scope(document, question.policy, statement, sorted_actions, written, word)
        if intents is None:
            return Advice(f"{by_hand} As the statement is written, no edit of it is certain.")
        return Repair(
            Safety.REVIEW,
            f"Scope the statement to {choice.names}",
            _cost(question, choice, sorted_actions, written.patterns),
            tuple(Targeted(document.path, intent) for intent in intents),
            touched(statement),
        )


def _quoted(actions: tuple[str, ...]) -> str:
    return ", ".join(f"`{action}`" for action in actions)


def _cost(
    question: Question, choice: Choice, sorted_actions: Split, written: tuple[str, ...]
) -> str:
    word = question.noun.word
    pieces = [
        f"{_capital(choice.evidence)}; whatever used another {word} through this statement loses "
        "access."
    ]
    lost = sorted_actions.lost
    if lost:
        wildcards = tuple(a for a in sorted_actions.movable if reach(a).lost)
        total = sum(len(reach(action).actions) for action in wildcards)
        example = _BEST_KNOWN if _BEST_KNOWN in lost else lost[0]
        pieces.append(
            f"{_quoted(wildcards)} then no longer covers {len(lost)} of its {total} actions, "
            f"those that no {word} can hold, such as `{example}`."
        )
    pieces += _of_held_back(sorted_actions.held_back)
    pieces += _of_staying(sorted_actions.staying)
    pieces += handed_on(question.statement)
    pieces += nearly_full(question.policy, question.holder, written, question.module)
    return " ".join(pieces)


def _of_held_back(actions: tuple[str, ...]) -> Iterator[str]:
    """What of a build stays on ``*`` though a repository could hold it."""
    if actions:
        verb = "stays" if len(actions) == 1 else "stay"
        yield f"{_quoted(actions)} {verb} on `*`: what a build pulls is named in its Dockerfile."


def _of_staying(actions: tuple[str, ...]) -> Iterator[str]:
    """What stays on ``*`` for good, and what AWS does not know. The rest is another finding's."""
    unknown = tuple(action for action in actions if not reach(action).is_known)
    others = tuple(a for a in actions if reach(a).is_known and not reach(a).is_movable)
    if others:
        verb = "stays" if len(others) == 1 else "stay"
        yield f"{_quoted(others)} cannot be scoped this way and {verb} on `*`."
    if unknown:
        verb = "is no action" if len(unknown) == 1 else "are no actions"
        stay = "stays" if len(unknown) == 1 else "stay"
        yield f"{_quoted(unknown)} {verb} that AWS listed on {data_date()} and {stay} on `*`."


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
