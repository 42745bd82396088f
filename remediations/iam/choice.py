"""Which resources an edit may name for a statement, or what a person has to decide instead."""

from __future__ import annotations

from typing import Final

from ..buckets import BUCKET
from ..frozen import dataclass
from ..terraform.module import Module, Resource
from . import weights
from .attached import attached_elsewhere
from .hindrances import of_module, of_policy
from .inference import Candidate, Inference, Question, infer
from .nouns import NOUNS, Noun, declared, looked_up, others
from .order import needs
from .roles import machines_of, out_of_sight
from .scoping import named
from .sorting import sort
from .statement import Statement
from .undeclared import Undeclared, undeclared
from .uses import named_here

# https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
_PROFILE: Final = "aws_bedrock_inference_profile"
_MOST_NAMES: Final = 6
_MOST_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """The resources that are meant, and why, as a sentence without its full stop."""

    resources: tuple[Resource, ...]
    evidence: str

    @property
    def names(self) -> str:
        """Their addresses, for a sentence."""
        return " and ".join(f"`{one.address}`" for one in self.resources)


def choose(question: Question) -> Choice | str:
    """What is meant, or a sentence that says what has to be decided."""
    key = ("choice", question.noun.word, question.holder.place, id(question.statement))
    # The statement is kept too, so that nothing else ever gets its identity.
    held = question.module.remember(key, lambda: (question.statement, _choose(question)))
    return held[1]


def _choose(question: Question) -> Choice | str:
    noun, module = question.noun, question.module
    hindrance = of_module(noun, module) or of_policy(noun, question.holder, question.policy, module)
    if hindrance is not None:
        return hindrance
    named = next((one for one in named_here(question.statement) if one.startswith(BUCKET)), None)
    if noun.word == "bucket" and named is not None:
        return (
            f"It names `{named}` and everything beside it, so it means other buckets too. Name "
            "those that it needs."
        )
    inference = infer(question)
    if inference.unshown:
        return (
            f"{_evidence(inference.candidates)}. `{inference.unshown}` has the role too, and may "
            f"need another {noun.word}. Name the ARN of each {noun.word} that is needed."
        )
    if not inference.chosen:
        return _said(question, inference)
    resources = tuple(one.resource for one in inference.chosen if one.resource is not None)
    for one in resources:
        if question.holder.place in needs(one):
            return f"`{one.address}` depends on this policy, so a reference to it would be a cycle."
    profile = next((one.address for one in resources if one.type == _PROFILE), None)
    if profile is not None:
        return (
            f"Whoever calls `{profile}` calls the models behind it too, in each of its regions. "
            "Name them beside it."
        )
    told = undeclared(noun, resources, question.roles, module)
    if told is not None:
        return _told_too(noun, told)
    away = out_of_sight(question.roles, module)
    if away is None and noun.word not in ("log group", "role"):
        away = machines_of(question.roles, module)
    if away is not None:
        return (
            f"`{away}` hands the role on, and what runs with it there does not stand here. Name "
            f"the ARNs of each {noun.word} that it needs."
        )
    other = attached_elsewhere(question.holder, module)
    if other is not None:
        return f"{other}. Name the ARNs of each {noun.word} that is needed."
    return Choice(resources, inference.evidence)


def named_already(
    holder: Resource, policy: tuple[Statement, ...], statement: Statement, module: Module
) -> str | None:
    """What can be named in place of everything for some of the actions, for a sentence."""
    key = ("named already", id(statement))  # kept as long as the policy it was read from
    return module.remember(key, lambda: _named_already(holder, policy, statement, module))


def _named_already(
    holder: Resource, policy: tuple[Statement, ...], statement: Statement, module: Module
) -> str | None:
    for noun in NOUNS.values():
        question = Question(noun, holder, policy, statement, module)
        if sort(question).movable:
            choice = choose(question)
            if isinstance(choice, Choice):
                return choice.names
    return None


def only_one(noun: Noun, holder: Resource, module: Module) -> Resource | str:
    """The one that can be meant at all, whatever is asked of it, or what has to be decided."""
    hindrance = of_module(noun, module)
    if hindrance is not None:
        return hindrance
    held = declared(noun, module)
    if len(held) != 1 or held[0].repetition or looked_up(noun, module) or others(noun, module):
        return module.remember(("none of", noun.word), lambda: _none_of(noun, module))
    if holder.place in needs(held[0]):
        name = held[0].address
        return f"`{name}` depends on this policy, so a reference to it would be a cycle."
    return held[0]


def _none_of(noun: Noun, module: Module) -> str:
    elsewhere = (*(one.address for one in looked_up(noun, module)), *others(noun, module))
    candidates = [Candidate(one.address, 1.0, "", one) for one in declared(noun, module)]
    candidates += [Candidate(name, 1.0, "") for name in elsewhere]
    return _undecided(noun, Inference(tuple(candidates), ()))


def _undecided(noun: Noun, inference: Inference) -> str:
    """Why none is chosen, and what to name."""
    found, word = inference.candidates, noun.word
    if not found:
        return f"No {word} is declared in this module. Name the ARN of the one that is meant."
    only = found[0] if len(found) == 1 else None
    if only is not None and _is_repeated(only):
        return f"`{only.name}` stands for several {noun.plural}. Name those that are needed."
    if found[0].is_proven:
        return _not_all(noun, found)
    if only is None:
        return (
            f"Several {noun.plural} can be meant: {_listed(found)}. Name the ARNs of those that "
            "are needed."
        )
    return f"`{only.name}` may be the {word} that is meant. Name its ARN if it is."


def _is_repeated(one: Candidate) -> bool:
    held = one.resource
    return held is not None and not held.is_data and held.repetition is not None


def _not_all(noun: Noun, found: tuple[Candidate, ...]) -> str:
    """What is shown of some of them, which does not settle it."""
    others = _near(found)
    may = f"{_listed(others)} may be meant too" if others else "That may not be all"
    return f"{_evidence(found)}. {may}: name the ARN of each {noun.word} that is needed."


def _near(found: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Those that nothing is shown of, and that are not far behind."""
    near = min((one.score for one in found if one.is_proven), default=1.0) - weights.MARGIN
    return tuple(one for one in found if not one.is_proven and one.score > near)


def _evidence(found: tuple[Candidate, ...]) -> str:
    shown = tuple(dict.fromkeys(one.evidence for one in found if one.is_proven))
    held = "; ".join(shown[:_MOST_SHOWN])
    held = held[0].upper() + held[1:]
    return f"{held}; and {len(shown) - _MOST_SHOWN} more" if len(shown) > _MOST_SHOWN else held


def _told_too(noun: Noun, told: Undeclared) -> str:
    return (
        f"`{told.user}` is told of `{told.shown}` too, which may be another {noun.word}. Name "
        "the ARNs of all that is needed."
    )


def _said(question: Question, inference: Inference) -> str:
    """Why none is chosen, with what is told of besides, or what to write if that is all."""
    noun, found = question.noun, inference.candidates
    shown = [one.resource for one in found if one.is_proven]
    resources = tuple(one for one in shown if one is not None)
    told = undeclared(noun, resources, question.roles, question.module) if shown else None
    if told is not None:
        return f"{_evidence(found)}. {_told_too(noun, told)}"
    if not resources or len(resources) < len(shown) or _near(found):
        return _undecided(noun, inference)
    return f"{_undecided(noun, inference)}{_if_all(question, resources)}"


def _if_all(question: Question, resources: tuple[Resource, ...]) -> str:
    """What to write where nothing else is needed, as one more sentence."""
    noun, statement = question.noun, question.statement
    held = sort(question)
    word = noun.word.split()[-1]
    written = named(resources, held.types, noun.service, word, is_json=statement.is_json)
    if written is None or not written.patterns:
        return ""
    if any(one.repetition or question.holder.place in needs(one) for one in resources):
        return ""
    if not held.staying:
        return f" If that is all, write `{written.listed}`."
    actions = ", ".join(f"`{action}`" for action in held.movable)
    return f" If that is all, give {actions} a statement of its own on `{written.listed}`."


def _listed(found: tuple[Candidate, ...]) -> str:
    listed = ", ".join(f"`{one.name}`" for one in found[:_MOST_NAMES])
    more = len(found) - _MOST_NAMES
    return f"{listed} and {more} more" if more > 0 else listed
