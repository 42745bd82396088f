"""What a KMS key's policy says: its owner, and the services that use it themselves. No rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from .frozen import dataclass
from .iam.appending import room_in, words_of
from .lookups import look_up
from .rule import Targeted
from .terraform.edit import AddTopLevel, InsertAfter, InsertAttribute
from .terraform.module import Module, Resource
from .terraform.nodes import Expression

KEY: Final = "aws_kms_key"
POLICY: Final = "aws_kms_key_policy"
_DOCUMENT: Final = "data.aws_iam_policy_document"

_OWNER: Final = """\
{{
  Sid       = "AccountAdministersKey"
  Effect    = "Allow"
  Principal = {{ AWS = "arn:${{{partition}}}:iam::${{{account}}}:root" }}
  Action    = "kms:*"
  Resource  = "*"
}}"""


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """A service that uses a key with its own rights, and what the key's policy has to say then.

    ``{partition}``, ``{account}`` and ``{region}`` stand for references; texts come with quotes.
    """

    name: str
    mark: str
    """What a policy that names the service has in it."""
    sid: str
    services: tuple[str, ...]
    actions: tuple[str, ...]
    condition: tuple[str, str, str]
    """Test, key and value."""

    @property
    def words(self) -> tuple[str, ...]:
        """What has to be looked up for it."""
        needs_region = "{region}" in " ".join((*self.services, self.condition[2]))
        return ("account", "partition", *(("region",) if needs_region else ()))

    def statement(self, names: Mapping[str, str]) -> str:
        """An element of a policy in ``jsonencode``."""
        test, key, value = self.condition
        services = [one.format(**names) for one in self.services]
        principal = services[0] if len(services) == 1 else f"[{', '.join(services)}]"
        return (
            f'{{\n  Sid       = "{self.sid}"\n  Effect    = "Allow"\n'
            f"  Principal = {{ Service = {principal} }}\n"
            f'  Action    = {_listed(self.actions)}\n  Resource  = "*"\n'
            f'  Condition = {{\n    {test} = {{ "{key}" = {value.format(**names)} }}\n  }}\n}}'
        )

    def block(self, names: Mapping[str, str]) -> str:
        """A statement of a policy document."""
        test, key, value = self.condition
        services = ", ".join(one.format(**names) for one in self.services)
        return (
            f'statement {{\n  sid       = "{self.sid}"\n  actions   = {_listed(self.actions)}\n'
            f'  resources = ["*"]\n\n  principals {{\n    type        = "Service"\n'
            f"    identifiers = [{services}]\n  }}\n\n"
            f'  condition {{\n    test     = "{test}"\n    variable = "{key}"\n'
            f"    values   = [{value.format(**names)}]\n  }}\n}}"
        )


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(f'{chr(34)}{text}{chr(34)}' for text in texts)}]"


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
CLOUDWATCH_LOGS: Final = ServiceUse(
    "logs.<region>.amazonaws.com",
    '"logs.',
    "CloudWatchLogsUsesKey",
    ('"logs.${{{region}}}.amazonaws.com"',),
    ("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"),
    (
        "ArnLike",
        "kms:EncryptionContext:aws:logs:arn",
        '"arn:${{{partition}}}:logs:${{{region}}}:${{{account}}}:*"',
    ),
)

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
CLOUDTRAIL: Final = ServiceUse(
    "cloudtrail.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "CloudTrailUsesKey",
    ('"cloudtrail.amazonaws.com"',),
    ("kms:GenerateDataKey*", "kms:DescribeKey"),
    (
        "StringLike",
        "kms:EncryptionContext:aws:cloudtrail:arn",
        '"arn:${{{partition}}}:cloudtrail:*:${{{account}}}:trail/*"',
    ),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A policy's text, and the data sources that have to be written for it."""

    text: str
    lookups: tuple[str, ...]


def policy(module: Module, service: ServiceUse | None) -> Written:
    """The account's own statement, and that of a service."""
    found = look_up(module, *(service.words if service else ("account", "partition")))
    statements = [_OWNER.format(**found.names)]
    statements += [service.statement(found.names)] if service else []
    listed = ",\n".join(_moved(one, 4) for one in statements)
    text = f'jsonencode({{\n  Version = "2012-10-17"\n  Statement = [\n{listed},\n  ]\n}})'
    return Written(text, found.blocks)


@dataclass(frozen=True, slots=True)
class Admission:
    """What lets a service use a key, and the blocks that it changes."""

    intents: tuple[Targeted, ...] = ()
    touches: tuple[str, ...] = ()


def let_in(module: Module, key: Resource, service: ServiceUse) -> Admission | str:
    """What a key's policy needs before a service can use it, or why nobody can write that."""
    apart = [one for one in module.of_kind(POLICY) if key.address in _named(module, one, "key_id")]
    held = [one for one in (key, *apart) if "policy" in one.body.attributes]
    if any(service.mark in text for one in held for text in _texts(module, one)):
        return Admission()
    if not held:
        made = policy(module, service)
        insert = InsertAttribute(key.body, "policy", made.text)
        lookups = (Targeted(key.path, AddTopLevel(text)) for text in made.lookups)
        return Admission((Targeted(key.path, insert), *lookups), (key.address,))
    added = _added(module, held[0], service) if len(held) == 1 else None
    return (
        added or f"Let `{service.name}` use `{key.address}` in its policy, then set the key here."
    )


def _added(module: Module, holder: Resource, service: ServiceUse) -> Admission | None:
    """A statement in the key's one policy, or in the document that is its policy alone."""
    value = holder.body.attributes["policy"].value
    found = look_up(module, *service.words)
    room = room_in(holder, module, "policy")
    if room is not None:
        insert = room.insert(service.statement(found.names))
        written = (Targeted(room.path, insert), *found.written(room.path))
        return Admission(written, (room.touches,))
    document = _document(module, holder, value)
    statements = document.body.blocks("statement") if document else ()
    if document is None or not statements:
        return None
    block = InsertAfter(statements[-1], service.block(found.names))
    written = (Targeted(document.path, block), *found.written(document.path))
    return Admission(written, (document.address,))


def _document(module: Module, holder: Resource, value: Expression) -> Resource | None:
    """The one that is this policy, and nobody else's."""
    named = [module.resource(address) for address in module.references(value)]
    if len(named) != 1 or named[0] is None or named[0].kind != _DOCUMENT:
        return None
    users = {user.address for user, _ in module.users_of(named[0].address)}
    is_own = named[0].repetition is None and users == {holder.address}
    return named[0] if is_own else None


def _texts(module: Module, holder: Resource) -> Iterator[str]:
    """A policy as it is written, with the documents that it names."""
    value = holder.body.attributes["policy"].value
    yield words_of(holder, module, "policy") or holder.document.text_of(value)
    for address in module.references(value):
        named = module.resource(address)
        if named is not None and named.kind == _DOCUMENT:
            yield named.document.text_of(named.block)


def _named(module: Module, resource: Resource, name: str) -> tuple[str, ...]:
    held = resource.body.attributes.get(name)
    return module.references(held.value) if held else ()


def _moved(text: str, blanks: int) -> str:
    return "\n".join(" " * blanks + line for line in text.split("\n"))
