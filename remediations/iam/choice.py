"""Which resources an edit may name for a statement, or what a person has to decide instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..terraform.module import Module, Resource
from .inference import Candidate, Inference, Question, infer
from .nouns import Noun, declared, others

# A request through one of these is authorised on its own ARN, which a bucket's does not cover:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
_OTHER_DOORS: Final = ("aws_s3_access_point", "aws_s3control_")
_MOST_NAMES: Final = 6


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
    noun, module = question.noun, question.module
    hindrance = _hindrance(noun, module)
    if hindrance is not None:
        return hindrance
    inference = infer(question)
    if not inference.chosen:
        return _undecided(noun, inference)
    resources = tuple(one.resource for one in inference.chosen if one.resource is not None)
    for one in resources:
        if one.address == question.holder.address or module.depends_on(
            one, question.holder.address
        ):
            return f"`{one.address}` depends on this policy, so a reference to it would be a cycle."
    return Choice(resources, inference.evidence)


def only_one(noun: Noun, holder: Resource, module: Module) -> Resource | str:
    """The one that can be meant at all, whatever is asked of it, or what has to be decided."""
    hindrance = _hindrance(noun, module)
    if hindrance is not None:
        return hindrance
    held = declared(noun, module)
    elsewhere = others(noun, module)
    candidates = [Candidate(one.address, 1.0, "", one) for one in held]
    candidates += [Candidate(name, 1.0, "") for name in elsewhere]
    if len(candidates) != 1 or not held or held[0].repetition is not None:
        return _undecided(noun, Inference(tuple(candidates), ()))
    if module.depends_on(held[0], holder.address):
        name = held[0].address
        return f"`{name}` depends on this policy, so a reference to it would be a cycle."
    return held[0]


def _hindrance(noun: Noun, module: Module) -> str | None:
    if noun.word == "bucket" and any(kind.startswith(_OTHER_DOORS) for kind in module.kinds):
        return (
            "Requests may come through an access point here, so name its ARN beside the bucket's."
        )
    if module.unread:
        return f"`{module.unread[0]}` could not be read, so another {noun.word} may be meant."
    return None


def _undecided(noun: Noun, inference: Inference) -> str:
    """Why none is chosen, and what to name."""
    found, word = inference.candidates, noun.word
    if not found:
        return f"No {word} is declared in this module. Name the ARN of the one that is meant."
    names = [f"`{one.name}`" for one in found]
    if len(names) > 1:
        listed = ", ".join(names[:_MOST_NAMES])
        if len(names) > _MOST_NAMES:
            listed += f" and {len(names) - _MOST_NAMES} more"
        return (
            f"Several {_plural(word)} can be meant: {listed}. "
            "Name the ARNs of those this role needs."
        )
    only = found[0]
    if only.resource is None:
        return f"{names[0]} may be the {word} that is meant. Name its ARN if it is."
    if only.resource.repetition is not None:
        return f"`{only.name}` stands for several {_plural(word)}. Name those that this role needs."
    return f"{names[0]} may be the {word} that is meant. Name its ARN if it is."


def _plural(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2] not in "aeiou" else f"{word}s"
