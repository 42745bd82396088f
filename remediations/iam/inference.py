"""Which resources a statement means: ranked, each with its evidence in words.

Evidence is what the module's own text shows: what a sibling statement names, what whatever runs
with the role points at, or that there is nothing else. Writes nothing, and never guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from heapq import merge
from itertools import chain
from typing import Final

from ..frozen import dataclass
from ..terraform.module import Module, Resource
from . import weights
from .actions import READS, levels
from .functions import groups_written
from .logs import is_spelt_out, writes_logs
from .nouns import Noun, declared, looked_up, others
from .passable import passable
from .roles import ROLE, is_handed_on, policies_of, roles_of, users_of_roles
from .statement import Statement
from .trust import takers, trusts
from .uses import (
    is_started_with,
    its_code_has,
    keys_behind,
    keys_read_by_service,
    named_beside,
    named_here,
    needs,
    only_read,
    pointed_at,
    read_by_service,
    told,
)
from .workers import BUILD, is_of_people, runs_no_code, says_all, works_with_images

_SPLIT: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z]+")
# Words that say what something is for; those that say what it is tell nothing.
_TELLING: Final = re.compile(
    r"train(ing)?|models?|artifacts?|features?|inference|raw|curated|processed|clean|datasets?|"
    r"data|lake|results?|output|input|code|scripts|capture|monitoring|registry|experiments|"
    r"mlflow|pipeline|landing|bronze|silver|gold"
)
_OF_PEOPLE: Final = frozenset({"aws_iam_group_policy", "aws_iam_user_policy"})
# What code has to be told of, or else knows. Nobody tells a function its image.
_KNOWN_BY_HEART: Final = frozenset({"bucket", "endpoint", "key", "model", "secret", "table"})
_OF_ML: Final = frozenset({"bedrock", "sagemaker"})
_WORKS: Final = frozenset(
    {
        "aws_batch_job_definition",
        "aws_ecs_task_definition",
        "aws_glue_job",
        "aws_lambda_function",
        "aws_sfn_state_machine",
    }
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
    unshown: str = ""
    """What else runs with the role and points at none of them, which is why none is chosen."""

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
    told, plain = _candidates(question)
    candidates = list(merge(told, plain, key=_rank))
    proven = tuple(one for one in told if one.is_proven)
    conclusive = tuple(one for one in proven if one.score == weights.CONCLUSIVE)
    likeliest = conclusive or proven or tuple(candidates[:1])
    chosen = likeliest if all(one.score >= weights.SUGGEST for one in likeliest) else ()
    ids = {id(one) for one in chosen}
    rest = next((one.score for one in candidates if id(one) not in ids), 0.0)
    margin = min((one.score for one in chosen), default=0.0) - rest
    if margin < weights.MARGIN - 1e-9 or any(one.resource is None for one in chosen):
        return Inference(tuple(candidates), (), margin)
    silent = _silent(question, chosen)
    if silent is not None:
        return Inference(tuple(candidates), (), margin, silent)
    return Inference(tuple(candidates), chosen, margin)


def _silent(question: Question, chosen: tuple[Candidate, ...]) -> str | None:
    """What runs with the role too and may need others: code and people know them by heart."""
    roles, module, names = question.roles, question.module, {one.name for one in chosen}
    users = users_of_roles(roles, module)
    if question.noun.word == "repository":
        builds = filter(works_with_images, users)
        return next((one.address for one in builds if not names & told(one, module)), None)
    if question.noun.word not in _KNOWN_BY_HEART:
        return None
    for user in users:
        if runs_no_code(user):
            may_need_more = not says_all(user) and not names & told(user, module)
        else:
            is_started = is_started_with(roles, user, module)
            may_need_more = not is_started or its_code_has(roles, user, module)
        if may_need_more:
            return user.address
    return None


def _rank(one: Candidate) -> tuple[float, str]:
    return -one.score, one.name


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the module shows, by address: a sentence for what is named and for what is used."""

    conclusive: Mapping[str, str]
    beside: Mapping[str, str]
    allowed: frozenset[str]
    used: Mapping[str, str]
    certain: frozenset[str]
    """Of what is used, that which is so whatever the code does."""
    own: frozenset[str]
    """What these roles are shown to need; something else may need it too."""
    alone: str
    """The one that is declared, where there is nothing else."""

    @property
    def names(self) -> Iterator[str]:
        """Everything that it tells something of."""
        return chain(self.conclusive, self.beside, self.used, self.own, filter(None, [self.alone]))


def _candidates(question: Question) -> tuple[list[Candidate], list[Candidate]]:
    """Those that something is shown of, and all others; both with the likeliest first.

    The others are the same for every statement that is named alike, and there may be many.
    """
    noun, module = question.noun, question.module
    all_names = module.remember(("all", noun.word), lambda: _all_names(noun, module))
    shown = _shown(question, all_names)
    told = [
        _weighed(question, name, one, shown)
        for name in dict.fromkeys(shown.names)
        for one in all_names.get(name) or _set_aside(name, shown.used, question)
    ]
    named = {one.name for one in told}
    key = ("plain", noun.word, _words_of(question))
    plain = module.remember(key, lambda: sorted(_plain(question, all_names), key=_rank))
    told.sort(key=_rank)
    return told, [one for one in plain if one.name not in named]


def _set_aside(name: str, used: Mapping[str, str], question: Question) -> tuple[Resource, ...]:
    """A bucket for logs or a website is meant too where what runs with the role works with it."""
    one = question.module.resource(name) if name in used else None
    return (one,) if one is not None and one.kind in question.noun.kinds else ()


_All = Mapping[str, tuple[Resource | None, ...]]


def _all_names(noun: Noun, module: Module) -> _All:
    """Everything that can be meant; more than one by a name only where it is declared twice."""
    found: dict[str, tuple[Resource | None, ...]] = {}
    for one in (*declared(noun, module), *looked_up(noun, module)):
        found[one.address] = (*found.get(one.address, ()), one)
    return found | dict.fromkeys(others(noun, module), (None,))


def _plain(question: Question, all_names: _All) -> Iterator[Candidate]:
    nothing = _Shown({}, {}, frozenset(), {}, frozenset(), frozenset(), "")
    for name, held in all_names.items():
        yield from (_weighed(question, name, one, nothing) for one in held)


def _shown(question: Question, all_names: _All) -> _Shown:
    noun, module, roles = question.noun, question.module, question.roles
    beside = tuple(named_beside(question.statement, question.policy, roles, module))
    allowed = frozenset(name for name, _, is_allowed in beside if is_allowed)
    held = declared(noun, module)
    used, certain = _used(question)
    return _Shown(
        _written(question, allowed) if noun.word == "log group" else {},
        {name: words for name, words, _ in beside} | _named_here(question),
        allowed,
        used,
        certain,
        _own(question),
        held[0].address if len(all_names) == 1 and held and _is_telling_alone(question) else "",
    )


def _is_telling_alone(question: Question) -> bool:
    """Whether the only one of its kind is what the role is for.

    So it is for a role of an ML service, and for what works on endpoints. A build, a pipeline, a
    person, a function or a reader of files works on what stands elsewhere; an image often is
    another's; a policy that none of the roles here has may be for anything. The role that a
    container is started with calls no endpoint.
    """
    word, roles, module = question.noun.word, question.roles, question.module
    if word in ("log group", "role") or question.holder.kind in _OF_PEOPLE:
        return False
    if not roles:
        return not module.of_kind(ROLE) and not is_handed_on(question.holder, module)
    services = takers(roles, module)
    users = users_of_roles(roles, module)
    types = {user.type for user in users}
    if services and services <= _OF_ML:
        return word != "repository" and not any(map(is_of_people, users))
    is_started = any(is_started_with(roles, user, module) for user in users)
    return word == "endpoint" and bool(types) and types <= _WORKS and not is_started


def _own(question: Question) -> frozenset[str]:
    """What these roles are shown to need. A role says itself who takes it on."""
    if question.noun.word == "role":
        return frozenset()
    held = needs(question.module).of_role
    return frozenset().union(*(held.get(role.address, ()) for role in question.roles))


def _is_for_others(question: Question, name: str, own: frozenset[str]) -> bool:
    """Whether something else is shown to need it: of roles, whether a service takes it on."""
    module = question.module
    if question.noun.word == "role":
        return name in module.remember("taken on", lambda: _taken_on(module))
    by = needs(module).roles.get(name, frozenset())
    return bool(by - {role.address for role in question.roles} if name in own else by)


def is_pushed(question: Question) -> bool:
    """Whether it is about what builds push, which is there for others to pull."""
    users = users_of_roles(question.roles, question.module)
    return question.noun.word == "repository" and any(one.type == BUILD for one in users)


def _taken_on(module: Module) -> frozenset[str]:
    return frozenset(one.address for one in module.of_kind(ROLE) if trusts(one, module))


def _named_here(question: Question) -> dict[str, str]:
    """What stands beside the wildcard in its own list."""
    names = named_here(question.statement)
    return {name: f"the statement names `{name}` beside the wildcard" for name in names}


def _written(question: Question, allowed: frozenset[str]) -> Mapping[str, str]:
    """The groups that logs are written to, where the statement is there for that.

    What is allowed already is written to without it.
    """
    statement, roles = question.statement, question.roles
    if not writes_logs(statement):
        return {}
    policies = (question.policy, *policies_of(roles, question.module))
    written = groups_written(roles, question.module)
    return {} if allowed & written.keys() or is_spelt_out(statement, policies) else written


def _used(question: Question) -> tuple[Mapping[str, str], frozenset[str]]:
    """What the role is shown to need, and which of it is needed whatever code does.

    A role that it may pass on is not the one it has.
    """
    word, roles, module = question.noun.word, question.roles, question.module
    if word == "log group":
        return {}, frozenset()  # what runs with it may name a group for many reasons
    if word == "key":
        return keys_behind(roles, module), keys_read_by_service(roles, module)
    if word == "bucket" and _writes(question.statement):
        return pointed_at(roles, module), read_by_service(roles, module) - only_read(roles, module)
    if word != "role":
        return pointed_at(roles, module), read_by_service(roles, module)
    is_made_elsewhere = any(one.startswith("module.") for one in others(question.noun, module))
    if question.holder.kind in _OF_PEOPLE or is_made_elsewhere:
        return {}, frozenset()
    found = passable((question.policy, *policies_of(roles, module)), roles, module)
    return found.shown, found.certain


def _writes(statement: Statement) -> bool:
    """Whether it allows more on buckets than to read them."""
    actions = [one.text for one in statement.actions if one.text.startswith("s3:")]
    return any(levels(one).keys() - READS for one in actions)


def _weighed(question: Question, name: str, one: Resource | None, shown: _Shown) -> Candidate:
    if name in shown.conclusive:
        return Candidate(name, weights.CONCLUSIVE, shown.conclusive[name], one, is_proven=True)
    is_group = question.noun.word == "log group"
    score, evidence, is_proven = weights.ONE_OF_SEVERAL, f"`{name}` is one of several", False
    if name in shown.allowed:
        score, evidence = weights.ALLOWED_ALREADY, f"`{name}` is allowed already"
    elif name in shown.used:
        score = weights.USED_BY_CONSUMER if name in shown.certain else weights.TOLD
        evidence, is_proven = shown.used[name], True
    elif name in shown.beside and not is_group:  # who writes to one group may mean any other
        score, evidence, is_proven = weights.NAMED_BESIDE, shown.beside[name], True
    elif name == shown.alone and not _is_for_others(question, name, shown.own):
        what = f"the only {question.noun.described} of this module"
        score, evidence, is_proven = weights.ONLY_ONE, f"`{name}` is {what}", True
    elif one is None or one.is_data:
        score, evidence = weights.FROM_ELSEWHERE, f"`{name}` may be a {question.noun.word}"
    elif not is_pushed(question) and _is_for_others(question, name, shown.own):
        score, evidence = weights.USED_OTHERWISE, f"`{name}` is for something else"
    if not is_proven and one is not None and _words_of(question) & _words(one.name):
        score = min(score + weights.NAME_FITS, max(score, weights.NAME_FITS_AT_MOST))
    if one is not None and one.repetition is not None:
        score -= weights.REPEATED
    return Candidate(name, score, evidence, one, is_proven)


def _words_of(question: Question) -> frozenset[str]:
    """What the statement, its policy and its roles are named after."""
    names = (question.statement.sid or "", question.holder.name)
    return frozenset().union(*map(_words, (*names, *(role.name for role in question.roles))))


@lru_cache(maxsize=4_096)
def _words(name: str) -> frozenset[str]:
    words = {word.lower() for word in _SPLIT.split(name)}
    return frozenset(word for word in words if _TELLING.fullmatch(word))
