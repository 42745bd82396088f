"""Which roles may be passed: those that the passer names, or that the work it starts runs with.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
Reads actions and trust policies; judges nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ..frozen import dataclass
from ..model import Known
from ..terraform.belonging import meaning_of, resolve
from ..terraform.module import Module, Resource
from ..terraform.nodes import Attribute, all_attributes
from .identity import NO_USE
from .permissions import covers
from .roles import ROLE, users_of_roles
from .started import TASK, started
from .statement import Statement
from .trust import takers, trusts
from .uses import named_in, stands_in_a_file
from .workers import runs_code

_PROFILE: Final = "aws_iam_instance_profile"


@dataclass(frozen=True, slots=True)
class _Start:
    """Work of a service that is started with a role, by whom, and how many roles it takes.

    Whoever makes jobs, functions or pipelines instead of starting them deploys what stands
    elsewhere, and so it is with builds and with people.
    """

    service: str
    by: frozenset[str]
    actions: tuple[str, ...]
    most: int = 1
    definition: str = ""
    """The kind of resource that says which roles the work is given, where there is one."""


# Where a task definition and a cluster say with which roles their work runs.
_GIVES: Final = frozenset({"execution_role_arn", "instance_profile", "task_role_arn"})
_CALLERS: Final = frozenset({"events", "lambda", "scheduler", "states"})
_STARTS: Final = (
    # A task has a role to work with and one to be started with.
    _Start(
        "ecs-tasks",
        _CALLERS | {"codepipeline"},
        ("ecs:RunTask", "ecs:StartTask", "ecs:RegisterTaskDefinition"),
        most=2,
        definition=TASK,
    ),
    _Start(
        "emr-serverless", _CALLERS | {"airflow", "airflow-env"}, ("emr-serverless:StartJobRun",)
    ),
    _Start(
        "ec2",
        frozenset({"elasticmapreduce"}),
        ("ec2:RunInstances",),
        definition="aws_emr_cluster",
    ),
    _Start(
        "sagemaker",
        frozenset({"states"}),
        (
            "sagemaker:CreateTrainingJob",
            "sagemaker:CreateProcessingJob",
            "sagemaker:CreateTransformJob",
            "sagemaker:CreateModel",
            "sagemaker:CreateHyperParameterTuningJob",
            "sagemaker:CreateAutoMLJob",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Passable:
    """Roles that may be passed, each by its address with the reason in words."""

    shown: Mapping[str, str]
    certain: frozenset[str]
    """Of those, that which is so whatever code does: it may never pass the one it is told of."""


def passable(
    policies: Sequence[Sequence[Statement]], roles: tuple[Resource, ...], module: Module
) -> Passable:
    """Roles of the module that the holders of these policies set a service to work with.

    None where the holder passes what stands elsewhere: a job of SageMaker passes its own role on by
    default. Where more roles could be given than are needed, nobody can tell which are.
    https://sagemaker.readthedocs.io/en/stable/api/utility/session.html
    """
    nothing = Passable({}, frozenset())
    holders = takers(roles, module)
    if not holders or "sagemaker" in holders:
        return nothing
    actions = [
        item.text
        for policy in policies
        for statement in policy
        if statement.effect == "Allow"
        for item in statement.actions
    ]
    own = {one.address for one in roles}
    users = users_of_roles(roles, module)
    told = tuple(_told(users, module))
    code = {one.name: one.words for one in told}
    certain = {one.name: one.words for one in told if one.is_certain}
    known = Counter(service for name in certain for service in _services(name, module))
    begun = started(users, module)
    for start in _STARTS:
        begins = next((a for a in start.actions if any(covers(one, a) for one in actions)), None)
        if begins is None or not holders <= start.by or known[start.service] >= start.most:
            continue
        work = _taken_on_by(start.service, module)
        if len(work) > start.most or not _gives_just(work, start, module):
            return nothing
        if work and users and not start.definition:
            return nothing  # what starts it would name the role that it passes
        given = frozenset().union(*map(_given_by, begun or ()))
        if start.definition == TASK and begun and given != {one.place for one in work}:
            return nothing
        words = f"`{start.service}` takes on `{{}}` for `{begins}`"
        found = {role.address: words.format(role.address) for role in work}
        is_shown = begun if start.definition == TASK else users and start.definition
        if is_shown:
            certain = found | certain
        else:
            code |= found  # nothing says who starts the work, or what is started
    if (code.keys() | certain.keys()) - own:
        certain |= dict(_parts(users, module))
    shown = {name: words for name, words in (code | certain).items() if name not in own}
    if begun is None:  # the roles of a task that is not shown are passed too
        certain = {}
    return Passable(shown, frozenset(shown.keys() & certain.keys()))


def _gives_just(work: tuple[Resource, ...], start: _Start, module: Module) -> bool:
    """Whether the definitions that are shown give these roles and no others.

    Those of other modules count where they give one of them. What a module does that is not looked
    into nobody can tell.
    """
    if not start.definition:
        return True
    places = {role.place for role in work}
    given = [
        (one.home is module, _given_by(one)) for one in module.family_of_kind(start.definition)
    ]
    own = [roles for is_here, roles in given if is_here]
    others = [roles for is_here, roles in given if not is_here and roles & places]
    all_given = frozenset().union(*own, *others)
    is_given_away = any(
        role.address in module.references(attribute.value)
        for call in module.calls
        if call.target is None
        for attribute in all_attributes(call.block.body)
        for role in work
    )
    return not is_given_away and all_given == places


def _given_by(definition: Resource) -> frozenset[str]:
    key = ("given by", id(definition.block))
    return definition.home.remember(key, lambda: frozenset(_given(definition)))


def _given(definition: Resource) -> Iterator[str]:
    """What it gives the work, by place; nothing for what is not declared."""
    home = definition.home
    for attribute in all_attributes(definition.body):
        if attribute.name not in _GIVES or home.value_of(attribute) == Known(None):
            continue
        meaning = meaning_of(attribute.value, home, definition.block)
        yield from ("",) if meaning.loose or not meaning.resources else ()
        for one in meaning.resources:
            held = one.attribute("role") if one.kind == _PROFILE else None
            given = resolve(held.value, one.home, one.block) if held else (one,)
            yield from (at.place for at in given)


@dataclass(frozen=True, slots=True)
class _Told:
    name: str
    words: str
    is_certain: bool
    """Neither code nor a file that is not read may pass another one."""


def _told(users: Iterable[Resource], module: Module) -> Iterator[_Told]:
    """Roles that these are told of, in an environment or a definition."""
    for user in users:
        for attribute in all_attributes(user.body):
            if attribute.name not in NO_USE and "role" not in attribute.name:
                is_in_file = stands_in_a_file(attribute.value, module)
                for name in _roles_in(attribute, user, module):
                    words = f"`{user.address}` names `{name}` in `{attribute.name}`"
                    yield _Told(name, words, not runs_code(user) and not is_in_file)


def _parts(users: Iterable[Resource], module: Module) -> Iterator[tuple[str, str]]:
    """Roles that what runs with these gives its parts, as a cluster gives its scaling one."""
    for user in users:
        for attribute in user.body.attributes.values():
            if "role" in attribute.name:
                for name in _roles_in(attribute, user, module):
                    yield name, f"`{user.address}` gives `{name}` as `{attribute.name}`"


def _roles_in(attribute: Attribute, user: Resource, module: Module) -> Iterator[str]:
    for name in named_in(attribute.value, user, module):
        if _services(name, module):
            yield name


def _services(name: str, module: Module) -> tuple[str, ...]:
    """The services that take on the role of this address; none where it is something else."""
    role = module.resource(name)
    if role is None or role.kind != ROLE:
        return ()
    return tuple(one for trust in trusts(role, module) for one in trust.services)


def _taken_on_by(service: str, module: Module) -> tuple[Resource, ...]:
    taken_on = module.remember("taken on by service", lambda: _taken_on(module))
    return tuple(
        role for role in taken_on.get(service, ()) if service != "ec2" or _has_profile(role, module)
    )


def _taken_on(module: Module) -> Mapping[str, tuple[Resource, ...]]:
    found: dict[str, dict[str, Resource]] = {}
    for role in module.of_kind(ROLE):
        for trust in trusts(role, module):
            for service in trust.services:
                found.setdefault(service, {})[role.address] = role
    return {service: tuple(roles.values()) for service, roles in found.items()}


def _has_profile(role: Resource, module: Module) -> bool:
    """A machine is given a role in an instance profile, and in no other way."""
    return any(user.kind == _PROFILE for user, _ in module.users_of(role.address))
