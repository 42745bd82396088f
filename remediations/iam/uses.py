"""What shows which resource a role needs: names in its other statements, and what works with it.

Each is a sentence by the address or the variable that it speaks of. Weighs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ..buckets import BUCKET
from ..frozen import dataclass
from ..model import Known
from ..terraform.belonging import nodes_behind, resolve
from ..terraform.module import Module, Resource
from ..terraform.nodes import (
    Attribute,
    Call,
    Expression,
    Heredoc,
    ObjectExpression,
    Reference,
    String,
    all_attributes,
)
from .actions import READS, levels, reach
from .identity import NO_USE
from .images import REPOSITORY, says_another
from .permissions import covers
from .roles import ROLE, is_named_in, policies_of, users_of_roles
from .statement import Statement
from .workers import BUILD, CONTAINERS, PIPELINE, only_reads, runs_code, works_with

_REFERENCE: Final = re.compile(r"\$\{((?:data\.|module\.)?[a-z]\w*\.[\w-]+)")
# Whoever deploys a function reads its code, not the role that it runs with.
_NOT_ITS_OWN: Final = {
    "aws_lambda_function": frozenset({"s3_bucket", "s3_key", "s3_object_version"}),
    "aws_lambda_layer_version": frozenset({"s3_bucket", "s3_key", "s3_object_version"}),
}
_STARTED_WITH: Final = re.compile(r"executionRoleArn\W{1,40}(aws_iam_role\.[\w-]+)")
_RUNS_WITH: Final = re.compile(r"jobRoleArn\W{1,40}(aws_iam_role\.[\w-]+)")
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
_READ_FOR_CONTAINERS: Final = frozenset({"credentialsParameter", "image", "valueFrom"})
_NOT_READ: Final = frozenset({"file", "templatefile"})
_BUCKET: Final = re.compile(r"(?:s3[an]?://|arn:[a-z-]+:s3:::)([a-z0-9][a-z0-9.-]+[a-z0-9])")
_ONE_OF_MANY: Final = frozenset({"bucket", "object"})
_OF_STORE: Final = frozenset({"id", "location"})
"""Where the artifacts of a pipeline lie, and the key that they are encrypted with."""
LENDS_ITS_KEY: Final = frozenset(
    {
        "aws_dynamodb_table",
        "aws_kinesis_stream",
        BUCKET,
        "aws_secretsmanager_secret",
        "aws_sns_topic",
        "aws_sqs_queue",
        "aws_ssm_parameter",
    }
)
"""Whose key has to be allowed to those who read and write there. A log group, a repository and a
file system use theirs by themselves; that of a build or a cluster is for its own work.

https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
"""
# What watches it or writes down where it is names all sorts of things that it does not work with.
_TELLS_OF: Final = frozenset(
    {
        "aws_cloudwatch_composite_alarm",
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_metric_alarm",
        "aws_ssm_parameter",
        "local_file",
        "local_sensitive_file",
    }
)
_OBJECTS: Final = ("aws_s3_object", "aws_s3_bucket_object")


def named_here(statement: Statement) -> Iterator[str]:
    """What a statement refers to itself."""
    for item in statement.resources:
        yield from (found[1] for found in _REFERENCE.finditer(item.text))


def named_beside(
    statement: Statement, policy: tuple[Statement, ...], roles: tuple[Resource, ...], module: Module
) -> Iterator[tuple[str, str, bool]]:
    """What other statements of the same roles name, and whether that is all there is to them."""
    service = {item.text.partition(":")[0].lower() for item in statement.actions}
    policies = {id(policy): policy} | {id(one): one for one in policies_of(roles, module)}
    for one in (one for held in policies.values() for one in held):
        if one is statement or one.effect != "Allow":
            continue
        actions = [i.text for i in one.actions if i.text.partition(":")[0].lower() in service]
        if not actions:
            continue
        named = f"`{one.sid}`" if one.sid else "another statement"
        for item in one.resources:
            for found in _REFERENCE.finditer(item.text):
                of = "role" if roles else "policy"
                words = f"{named} of the same {of} names `{found[1]}`"
                yield found[1], words, says_enough(actions, statement)


def says_enough(actions: list[str], statement: Statement) -> bool:
    """Whether a statement with these actions leaves the other one to mean something else.

    Who names a bucket for some actions and leaves a star for reading means more than that bucket;
    a star for writing back, or for listing beside the names of objects, does not.
    """
    if any(covers(one, item.text) for one in actions for item in statement.actions):
        return True
    theirs = {type for one in actions for type in reach(one).types}
    return any(
        READS & levels(item.text).keys() and theirs & reach(item.text).types & _ONE_OF_MANY
        for item in statement.actions
    )


def pointed_at(roles: tuple[Resource, ...], module: Module) -> Mapping[str, str]:
    """What is named by whatever runs with the roles, and by what calls that or feeds it."""
    key = ("pointed at", tuple(role.address for role in roles))
    return module.remember(key, lambda: dict(_pointed_at(roles, module)))


def _pointed_at(roles: tuple[Resource, ...], module: Module) -> Iterator[tuple[str, str]]:
    users = users_of_roles(roles, module)
    around = {one.address: one for user in users for one in _around(user, module)}
    for user in (*[one for one in around.values() if one not in users], *users):
        named = _named_by(user, module) if user in users else _named_around(user, module)
        for one in named:
            yield one.name, f"`{user.address}` points at `{one.name}` in `{one.argument}`"


def read_by_service(roles: tuple[Resource, ...], module: Module) -> frozenset[str]:
    """Of what is pointed at, that which a service reads by itself, whatever the code does.

    What stands in an environment, or feeds a function, is for code: it may never read it, or need
    another one besides that it knows by heart.
    """
    key = ("read by service", tuple(role.address for role in roles))
    return module.remember(key, lambda: frozenset(_read_by_service(roles, module)))


def only_read(roles: tuple[Resource, ...], module: Module) -> frozenset[str]:
    """Of what a service reads by itself, that which nothing is shown to write to."""
    key = ("only read", tuple(role.address for role in roles))
    return module.remember(key, lambda: frozenset(_only_read(roles, module)))


def _only_read(roles: tuple[Resource, ...], module: Module) -> Iterator[str]:
    users = users_of_roles(roles, module)
    writers = (user for user in users if not only_reads(user))
    written = {one.name for user in writers for one in _named_by(user, module)}
    for user in users:
        if only_reads(user):
            yield from (one.name for one in _named_by(user, module) if one.name not in written)


def _read_by_service(roles: tuple[Resource, ...], module: Module) -> Iterator[str]:
    users = users_of_roles(roles, module)
    for user in users:
        if not runs_code(user) or is_started_with(roles, user, module):
            yield from (one.name for one in _named_by(user, module) if _works_with(user, one))
        # A build gets its source from the store of a pipeline, and may know other buckets by heart.
        if not runs_code(user) and user.type != BUILD:
            for near in _around(user, module):
                if near not in users:
                    held = _named_around(near, module)
                    yield from (one.name for one in held if _works_with(near, one))


def is_started_with(roles: tuple[Resource, ...], user: Resource, module: Module) -> bool:
    """Whether a container is started with one of the roles: its own gets no image and no secret.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    if user.attribute("execution_role_arn") is not None:
        return is_named_in(user, "execution_role_arn", roles, module)
    return _is_in_properties(user, _STARTED_WITH, roles)


def its_code_has(roles: tuple[Resource, ...], user: Resource, module: Module) -> bool:
    """Whether the code of a container has one of the roles, besides what starts it."""
    is_told = is_named_in(user, "task_role_arn", roles, module)
    return is_told or _is_in_properties(user, _RUNS_WITH, roles)


def _is_in_properties(
    user: Resource, pattern: re.Pattern[str], roles: tuple[Resource, ...]
) -> bool:
    properties = user.attribute("container_properties")
    if properties is None:
        return False
    text = user.document_of(properties).source.slice(properties.value.span)
    names = {role.address for role in roles}
    return any(found[1] in names for found in pattern.finditer(text))


@dataclass(frozen=True, slots=True)
class _Named:
    """What is named in an argument.

    Doubtful where it is filled into a file, which may name others, or where only the code in a
    container reads it.
    """

    argument: str
    name: str
    is_doubtful: bool


def _works_with(user: Resource, named: _Named) -> bool:
    """Whether the service itself works with what is named, and with no more than is written."""
    return not named.is_doubtful and works_with(user, named.argument, named.name)


def told(user: Resource, module: Module) -> frozenset[str]:
    """What one user of a role names, and what calls or feeds it does."""
    return module.remember(("told", user.address), lambda: frozenset(_told(user, module)))


def _told(user: Resource, module: Module) -> Iterator[str]:
    yield from (one.name for one in _named_by(user, module))
    for near in _around(user, module):
        yield from (one.name for one in _named_around(near, module))


def _named_by(user: Resource, module: Module) -> Iterator[_Named]:
    """What it names for its own work."""
    for attribute in all_attributes(user.body):
        if is_for_its_work(attribute.name, user):
            is_in_file = stands_in_a_file(attribute.value, module)
            own = _read_for_containers(attribute, user, module)
            for name in named_in(attribute.value, user, module):
                is_for_code = own is not None and name not in own
                is_another = REPOSITORY in name and says_another(attribute.value, module)
                yield _Named(attribute.name, name, is_in_file or is_for_code or is_another)


def _read_for_containers(
    attribute: Attribute, user: Resource, module: Module
) -> frozenset[str] | None:
    """What is read to start containers that are written out; None where they are not."""
    nodes = tuple(nodes_behind([attribute.value], module)) if attribute.name in CONTAINERS else ()
    if not any(isinstance(node, Call) and node.name == "jsonencode" for node in nodes):
        return None
    entries = (one for node in nodes if isinstance(node, ObjectExpression) for one in node.entries)
    read = (one.value for one in entries if one.name in _READ_FOR_CONTAINERS)
    return frozenset(name for value in read for name in named_in(value, user, module))


def stands_in_a_file(value: Expression, module: Module) -> bool:
    """Whether some of it does: files that are not Terraform are not read."""
    nodes = nodes_behind([value], module)
    return any(isinstance(node, Call) and node.name in _NOT_READ for node in nodes)


def _named_around(near: Resource, module: Module) -> Iterator[_Named]:
    """What it names for what it refers to: a pipeline, the store that its builds work with too."""
    for one in _named_by(near, module):
        # What calls a function has an image of its own.
        if one.argument != "image_uri" and (near.type != PIPELINE or one.argument in _OF_STORE):
            yield one


def is_for_its_work(argument: str, user: Resource) -> bool:
    """Whether what it names in this argument is something that it works with."""
    return argument not in NO_USE and argument not in _NOT_ITS_OWN.get(user.type, ())


def _around(user: Resource, module: Module) -> Iterator[Resource]:
    """What refers to a user of the role: what calls it, and with what."""
    for one, argument in module.users_of(user.address):
        if argument in NO_USE or one.type.startswith("aws_iam_") or one.type in _TELLS_OF:
            continue
        if one.type != PIPELINE or _works_in_store(user):
            yield one


def _works_in_store(user: Resource) -> bool:
    """Whether its own role reads what a pipeline has for it.

    CodeDeploy's does for ECS; on machines their agent does, with theirs.
    https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html
    """
    return user.type == BUILD or bool(user.body.blocks("ecs_service"))


def named_in(value: Expression, user: Resource, module: Module) -> Iterator[str]:
    """Resources that a value names, the bucket of an object it names, and variables."""
    pending = list(resolve(value, module, user.block))
    seen = {one.place for one in pending}
    for one in pending:
        yield one.address
        bucket = one.attribute("bucket") if one.type in _OBJECTS else None
        for held in resolve(bucket.value, one.home, one.block) if bucket else ():
            if held.place not in seen:
                seen.add(held.place)
                pending.append(held)
    yield from _from_outside(value, module)


def _from_outside(value: Expression, module: Module) -> Iterator[str]:
    """Variables and modules that a value is made of, through locals."""
    for node in nodes_behind([value], module):
        names = node.names if isinstance(node, Reference) else ()
        if len(names) > 1 and names[0] in ("var", "module"):
            yield f"{names[0]}.{names[1]}"


def keys_behind(roles: tuple[Resource, ...], module: Module) -> Mapping[str, str]:
    """The keys that whatever runs with the roles names, or that what it uses is encrypted with."""
    key = ("keys behind", tuple(role.address for role in roles))
    return module.remember(key, lambda: dict(_keys_behind(roles, module)))


def _keys_behind(roles: tuple[Resource, ...], module: Module) -> Iterator[tuple[str, str]]:
    named = pointed_at(roles, module)
    for key, name in _keys_of(named, module):
        yield key, f"`{name}`, which it uses, is encrypted with `{key}`"
    yield from named.items()


def keys_read_by_service(roles: tuple[Resource, ...], module: Module) -> frozenset[str]:
    """Of the keys behind, those of what a service reads by itself."""
    names = read_by_service(roles, module)
    return names.union(key for key, _ in _keys_of(sorted(names), module))


def encrypted(roles: tuple[Resource, ...], module: Module) -> Iterator[Resource]:
    """What a service reads and writes with these roles and the key of what that lies in."""
    for name in sorted(read_by_service(roles, module)):
        yield from _encrypted(name, module)


def _encrypted(name: str, module: Module) -> Iterator[Resource]:
    """What lends its key, and what says which one that is."""
    used = module.resource(name)
    if used is not None and used.type in LENDS_ITS_KEY:
        yield from (used, *(one for one, _ in module.users_of(name) if "encryption" in one.type))


def _keys_of(names: Iterable[str], module: Module) -> Iterator[tuple[str, str]]:
    """The keys that these are encrypted with, each with what is."""
    for name in names:
        for one in _encrypted(name, module):
            for attribute in all_attributes(one.body):
                for key in named_in(attribute.value, one, module):
                    if key.startswith("aws_kms_key."):
                        yield key, name


def literal_buckets(roles: tuple[Resource, ...], module: Module) -> tuple[str, ...]:
    """Buckets that whatever runs with the roles calls by a name which nothing here has."""
    key = ("literal names", tuple(role.address for role in roles))
    found = module.remember(key, lambda: dict.fromkeys(_named_buckets(roles, module)))
    held = module.remember("names of buckets", lambda: _names_of(BUCKET, module))
    return tuple(name for name in found if name not in held)


def _named_buckets(roles: tuple[Resource, ...], module: Module) -> Iterator[str]:
    for user in users_of_roles(roles, module):
        for attribute in all_attributes(user.body):
            for node in attribute.value.walk():
                for part in node.parts if isinstance(node, String | Heredoc) else ():
                    if isinstance(part, str):
                        yield from (one[1] for one in _BUCKET.finditer(part))


def _names_of(kind: str, module: Module) -> frozenset[str]:
    own = [one.value("bucket") for one in module.of_kind(kind)]
    return frozenset(str(value.value) for value in own if isinstance(value, Known))


@dataclass(frozen=True, slots=True)
class Needs:
    """What the roles of a module are shown to need: by what works with them, or their policies."""

    of_role: Mapping[str, frozenset[str]]
    roles: Mapping[str, frozenset[str]]
    """The same the other way round: who needs it."""


def needs(module: Module) -> Needs:
    """What each role of a module is shown to need, all by address."""
    return module.remember("needs", lambda: _needs(module))


def _needs(module: Module) -> Needs:
    of_role: dict[str, frozenset[str]] = {}
    roles: dict[str, set[str]] = {}
    for role in module.of_kind(ROLE):
        held = (one for policy in policies_of((role,), module) for one in policy)
        named = (name for statement in held for name in named_here(statement))
        of_role[role.address] = frozenset((*pointed_at((role,), module), *named))
        for name in of_role[role.address]:
            roles.setdefault(name, set()).add(role.address)
    return Needs(of_role, {name: frozenset(held) for name, held in roles.items()})
