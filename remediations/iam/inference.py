"""Which resources a statement means: ranked, each with its evidence in words.

Evidence is what the module's own text shows: what a sibling statement names, what whatever runs
with the role points at, or that there is nothing else. Writes nothing, and never guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..terraform.module import Module, Resource
from . import weights
from .functions import groups_of_functions
from .nouns import Noun, declared, looked_up, others
from .passable import passable
from .roles import ROLE, policies_of, roles_of
from .statement import Statement
from .trust import trusts
from .uses import keys_behind, literal_names, named_beside, named_here, pointed_at, used_otherwise

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
    proven = tuple(one for one in candidates if one.is_proven)
    likeliest = (
        tuple(one for one in proven if one.score == weights.CONCLUSIVE)
        or proven
        or tuple(candidates[:1])
    )
    chosen = likeliest if all(one.score >= weights.SUGGEST for one in likeliest) else ()
    rest = max((one.score for one in candidates if one not in chosen), default=0.0)
    margin = min((one.score for one in chosen), default=0.0) - rest
    if margin < weights.MARGIN - 1e-9 or any(one.resource is None for one in chosen):
        return Inference(tuple(candidates), (), margin)
    return Inference(tuple(candidates), chosen, margin)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the module shows, by address: a sentence for what is named and for what is used."""

    conclusive: Mapping[str, str]
    beside: Mapping[str, str]
    allowed: frozenset[str]
    used: Mapping[str, str]
    otherwise: frozenset[str]
    alone: str
    """The one that is declared, where there is nothing else."""


def _candidates(question: Question) -> Iterator[Candidate]:
    noun, module = question.noun, question.module
    held, aside, given = declared(noun, module), looked_up(noun, module), others(noun, module)
    beside = tuple(named_beside(question.statement, question.policy, question.roles, module))
    literal = tuple(literal_names(noun, question.roles, module))
    is_alone = len(held) == 1 and not aside and not given and not literal and noun.word != "role"
    shown = _Shown(
        _conclusive(question),
        {name: words for name, words, _ in beside},
        frozenset(name for name, _, is_allowed in beside if is_allowed),
        _used(question),
        _otherwise(question),
        held[0].address if is_alone else "",
    )
    for one in (*held, *aside):
        yield _weighed(question, one.address, one, shown)
    for name in given:
        yield _weighed(question, name, None, shown)
    for name in literal:
        yield Candidate(name, weights.FROM_ELSEWHERE, f"`{name}` is named too")


def _otherwise(question: Question) -> frozenset[str]:
    """What something else is shown to need: of roles, those that other services take on."""
    noun, module = question.noun, question.module
    if noun.word == "role":
        return frozenset(one.address for one in module.of_kind(ROLE) if any(trusts(one, module)))
    kinds = (*noun.kinds, *noun.looked_up)
    return frozenset(used_otherwise(kinds, question.roles, module))


def _conclusive(question: Question) -> Mapping[str, str]:
    """What leaves nothing else to be meant."""
    here = dict.fromkeys(named_here(question.statement))
    found = {name: f"the statement names `{name}` beside the wildcard" for name in here}
    if question.noun.word == "log group" and not found:
        return groups_of_functions(question.roles, question.module)
    return found


def _used(question: Question) -> Mapping[str, str]:
    """What the role is shown to need. A role that it may pass on is not the one it has."""
    if question.noun.word == "key":
        return keys_behind(question.roles, question.module)
    if question.noun.word != "role":
        return pointed_at(question.roles, question.module)
    policies = (question.policy, *policies_of(question.roles, question.module))
    found = dict(passable(policies, question.module))
    own = {one.address for one in question.roles}
    # Whoever sets others to work gives them their roles; its own only where there is no other.
    return {name: words for name, words in found.items() if name not in own} or found


def _weighed(question: Question, name: str, one: Resource | None, shown: _Shown) -> Candidate:
    score, evidence, is_proven = weights.ONE_OF_SEVERAL, f"`{name}` is one of several", False
    if name in shown.conclusive:
        return Candidate(name, weights.CONCLUSIVE, shown.conclusive[name], one, is_proven=True)
    if name in shown.allowed:
        score, evidence = weights.ALLOWED_ALREADY, f"`{name}` is allowed already"
    elif name in shown.used:
        score, evidence, is_proven = weights.USED_BY_CONSUMER, shown.used[name], True
    elif name in shown.beside:
        score, evidence, is_proven = weights.NAMED_BY_SIBLING, shown.beside[name], True
    elif name == shown.alone:
        what = f"the only {question.noun.described} of this module"
        score, evidence = weights.ONLY_ONE, f"`{name}` is {what}"
    elif one is None or one.is_data:
        score, evidence = weights.FROM_ELSEWHERE, f"`{name}` may be a {question.noun.word}"
    elif name in shown.otherwise:
        score, evidence = weights.USED_OTHERWISE, f"`{name}` is for something else"
    if not is_proven and one is not None and _fits(question, one):
        score = min(score + weights.NAME_FITS, max(score, weights.NAME_FITS_AT_MOST))
    if one is not None and one.repetition is not None:
        score -= weights.REPEATED
    return Candidate(name, score, evidence, one, is_proven)


def _fits(question: Question, one: Resource) -> bool:
    """Whether the statement or its policy is named like the resource."""
    names = [question.statement.sid or "", question.holder.name]
    names += [role.name for role in question.roles]
    return bool(_words(names) & _words([one.name]))


def _words(names: list[str]) -> set[str]:
    words = {word.lower() for name in names for word in _SPLIT.split(name)}
    return {word for word in words if _TELLING.fullmatch(word)}
