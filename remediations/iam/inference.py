"""Which resources a statement means: ranked, each with its evidence in words.

Evidence is what the module's own text shows: what a sibling statement names, what whatever runs
with the role points at, or that there is nothing else. Writes nothing, and never guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ..terraform.belonging import resolve
from ..terraform.module import Module, Resource
from ..terraform.nodes import Expression, all_attributes
from . import weights
from .nouns import Noun, declared, others
from .roles import policies_of, roles_of, users_of_roles
from .statement import Statement

_REFERENCE: Final = re.compile(r"\$\{((?:data\.)?[a-z]\w*\.[\w-]+)[.\[]")
_SPLIT: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z]+")
# Words that say what something is for; those that say what it is tell nothing.
_TELLING: Final = re.compile(
    r"train(ing)?|models?|artifacts?|features?|inference|raw|curated|processed|clean|datasets?|"
    r"data|lake|results?|output|input|code|scripts|capture|monitoring|registry|experiments|"
    r"mlflow|pipeline|landing|bronze|silver|gold"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resource that may be meant. ``resource`` is None for one from outside of the module."""

    name: str
    score: float
    evidence: str
    resource: Resource | None = None
    is_proven: bool = False
    """Whether something that uses the role shows that it needs this one."""


@dataclass(frozen=True, slots=True)
class Inference:
    """Candidates, the likeliest first; ``chosen`` are those that an edit may name.

    ``margin`` is how far the best one that is not chosen lies behind.
    """

    candidates: tuple[Candidate, ...]
    chosen: tuple[Candidate, ...]
    margin: float = 0.0

    @property
    def evidence(self) -> str:
        """Why the chosen ones are meant, in one sentence."""
        return "; ".join(dict.fromkeys(one.evidence for one in self.chosen))


@dataclass(frozen=True, slots=True)
class Question:
    """A statement of a policy in a module, and what kind of resource it is asked about."""

    noun: Noun
    holder: Resource
    policy: tuple[Statement, ...]
    statement: Statement
    module: Module = field(repr=False)

    @property
    def roles(self) -> tuple[Resource, ...]:
        """The roles that the statement's policy ends up on."""
        return roles_of(self.holder, self.module)


def infer(question: Question) -> Inference:
    """Rank what may be meant, and choose where nothing else comes close."""
    candidates = sorted(_candidates(question), key=lambda one: (-one.score, one.name))
    proven = tuple(one for one in candidates if one.is_proven and one.score >= weights.SUGGEST)
    chosen = proven or tuple(one for one in candidates[:1] if one.score >= weights.SUGGEST)
    rest = max((one.score for one in candidates if one not in chosen), default=0.0)
    margin = min((one.score for one in chosen), default=0.0) - rest
    if margin < weights.MARGIN - 1e-9 or any(one.resource is None for one in chosen):
        return Inference(tuple(candidates), (), margin)
    return Inference(tuple(candidates), chosen, margin)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the module shows, by address: a sentence for what is named and for what is used."""

    siblings: dict[str, str]
    used: dict[str, str]
    is_alone: bool


def _candidates(question: Question) -> Iterator[Candidate]:
    noun, module = question.noun, question.module
    held, elsewhere = declared(noun, module), others(noun, module)
    shown = _Shown(
        dict(_siblings(question)),
        dict(_used(question, held)),
        is_alone=len(held) == 1 and not elsewhere,
    )
    for one in held:
        score, evidence = _weighed(question, one, shown)
        if one.repetition is not None:
            score -= weights.REPEATED
        is_proven = one.address in {**shown.siblings, **shown.used}
        yield Candidate(one.address, score, evidence, one, is_proven)
    for name in elsewhere:
        yield Candidate(name, weights.FROM_ELSEWHERE, f"`{name}` may be a {noun.word}")


def _weighed(question: Question, one: Resource, shown: _Shown) -> tuple[float, str]:
    address = one.address
    if address in shown.siblings:
        return weights.NAMED_BY_SIBLING, shown.siblings[address]
    if address in shown.used:
        return weights.USED_BY_CONSUMER, shown.used[address]
    if shown.is_alone:
        what = f"the only {question.noun.described} of this module"
        return weights.ONLY_ONE, f"`{address}` is {what}"
    if _fits(question, one):
        score = min(weights.ONE_OF_SEVERAL + weights.NAME_FITS, weights.NAME_FITS_AT_MOST)
        return score, f"`{address}` is named like it"
    return weights.ONE_OF_SEVERAL, f"`{address}` is one of several"


def _siblings(question: Question) -> Iterator[tuple[str, str]]:
    """What other statements of the same roles name, of the same service."""
    module, service = question.module, question.noun.service
    policies = {id(question.policy): question.policy}
    policies |= {id(one): one for one in policies_of(question.roles, module)}
    for statement in (one for policy in policies.values() for one in policy):
        if statement is question.statement or statement.effect != "Allow":
            continue
        if not any(item.text.lower().startswith(f"{service}:") for item in statement.actions):
            continue
        for item in statement.resources:
            for found in _REFERENCE.finditer(item.text):
                name = f"`{statement.sid}`" if statement.sid else "another statement"
                yield found[1], f"{name} of the same role names `{found[1]}`"


def _used(question: Question, declared: tuple[Resource, ...]) -> Iterator[tuple[str, str]]:
    """What is pointed at by whatever runs with the role."""
    module = question.module
    wanted = {one.address for one in declared}
    for user in users_of_roles(question.roles, module):
        for attribute in all_attributes(user.body):
            for held in _meant_by(attribute.value, user, module):
                if held.address in wanted:
                    yield (
                        held.address,
                        (f"`{user.address}` points at `{held.address}` in `{attribute.name}`"),
                    )


def _meant_by(value: Expression, user: Resource, module: Module) -> Iterator[Resource]:
    """What a value names, and the bucket of an object that it names."""
    pending = list(resolve(value, module, user.block))
    seen = {one.place for one in pending}
    for one in pending:
        yield one
        if one.type not in ("aws_s3_object", "aws_s3_bucket_object"):
            continue
        bucket = one.attribute("bucket")
        for held in resolve(bucket.value, one.home, one.block) if bucket else ():
            if held.place not in seen:
                seen.add(held.place)
                pending.append(held)


def _fits(question: Question, one: Resource) -> bool:
    """Whether the statement or its policy is named like the resource."""
    names = [question.statement.sid or "", question.holder.name]
    names += [role.name for role in question.roles]
    return bool(_words(names) & _words([one.name]))


def _words(names: list[str]) -> set[str]:
    words = {word.lower() for name in names for word in _SPLIT.split(name)}
    return {word for word in words if _TELLING.fullmatch(word)}
