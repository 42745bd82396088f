"""What a KMS key's policy says: its owner, and the services that use it themselves. No rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .iam.statements import encoded_object
from .rule import Targeted
from .terraform.edit import AddTopLevel, InsertAttribute, InsertElement
from .terraform.module import Module, Resource
from .terraform.nodes import ListExpression

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

    ``{partition}``, ``{account}`` and ``{region}`` stand for references.
    """

    name: str
    mark: str
    """What a policy that names the service has in it."""
    statement: str

    @property
    def needs_region(self) -> bool:
        """Whether the statement names a region."""
        return "{region}" in self.statement


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
CLOUDWATCH_LOGS: Final = ServiceUse(
    "logs.<region>.amazonaws.com",
    '"logs.',
    """\
{{
  Sid       = "CloudWatchLogsUsesKey"
  Effect    = "Allow"
  Principal = {{ Service = "logs.${{{region}}}.amazonaws.com" }}
  Action    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
  Resource  = "*"
  Condition = {{
    ArnLike = {{ "kms:EncryptionContext:aws:logs:arn" = "arn:${{{partition}}}:logs:${{{region}}}:${{{account}}}:*" }}
  }}
}}""",  # noqa: E501
)

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
CLOUDTRAIL: Final = ServiceUse(
    "cloudtrail.amazonaws.com",
    "cloudtrail.amazonaws.com",
    """\
{{
  Sid       = "CloudTrailUsesKey"
  Effect    = "Allow"
  Principal = {{ Service = "cloudtrail.amazonaws.com" }}
  Action    = ["kms:GenerateDataKey*", "kms:DescribeKey"]
  Resource  = "*"
  Condition = {{
    StringLike = {{ "kms:EncryptionContext:aws:cloudtrail:arn" = "arn:${{{partition}}}:cloudtrail:*:${{{account}}}:trail/*" }}
  }}
}}""",  # noqa: E501
)


@dataclass(frozen=True, slots=True)
class Written:
    """A policy's text, and the data sources that have to be written for it."""

    text: str
    lookups: tuple[str, ...]


def policy(module: Module, service: ServiceUse | None) -> Written:
    """The account's own statement, and that of a service."""
    names, lookups = _names(module, needs_region=service is not None and service.needs_region)
    statements = [_OWNER, *([service.statement] if service else [])]
    listed = ",\n".join(_moved(one.format(**names), 4) for one in statements)
    text = f'jsonencode({{\n  Version = "2012-10-17"\n  Statement = [\n{listed},\n  ]\n}})'
    return Written(text, lookups)


def let_in(module: Module, key: Resource, service: ServiceUse) -> tuple[Targeted, ...] | str:
    """What a key's policy needs before a service can use it, or why nobody can write that."""
    apart = [one for one in module.of_kind(POLICY) if key.address in _named(module, one, "key_id")]
    held = [one for one in (key, *apart) if "policy" in one.body.attributes]
    if any(service.mark in text for one in held for text in _texts(module, one)):
        return ()
    if not held:
        made = policy(module, service)
        insert = InsertAttribute(key.body, "policy", made.text)
        return (Targeted(key.path, insert), *_top_level(key, made.lookups))
    encoded = encoded_object(held[0].body.attributes["policy"].value)
    entry = encoded.entry("Statement") if encoded else None
    listed = entry.value if entry else None
    if len(held) > 1 or held[0] is not key or not isinstance(listed, ListExpression):
        return f"Let `{service.name}` use `{key.address}` in its policy, then set the key here."
    if not listed.items:
        return f"The policy of `{key.address}` is empty. Write it, then set the key here."
    names, lookups = _names(module, needs_region=service.needs_region)
    insert_element = InsertElement(listed, listed.items[-1], service.statement.format(**names))
    return (Targeted(key.path, insert_element), *_top_level(key, lookups))


def _texts(module: Module, holder: Resource) -> Iterator[str]:
    """A policy as it is written, with the documents that it names."""
    value = holder.body.attributes["policy"].value
    yield holder.document.text_of(value)
    for address in module.references(value):
        named = module.resource(address)
        if named is not None and named.kind == _DOCUMENT:
            yield named.document.text_of(named.block)


def _named(module: Module, resource: Resource, name: str) -> tuple[str, ...]:
    held = resource.body.attributes.get(name)
    return module.references(held.value) if held else ()


def _top_level(key: Resource, lookups: tuple[str, ...]) -> Iterator[Targeted]:
    return (Targeted(key.path, AddTopLevel(text)) for text in lookups)


def _names(module: Module, *, needs_region: bool) -> tuple[dict[str, str], tuple[str, ...]]:
    """References for partition, account and region; what the module lacks is written."""
    wanted = {"partition": ("aws_partition", "partition")}
    wanted["account"] = ("aws_caller_identity", "account_id")
    if needs_region:
        # From version 6 on the name of a region is its `region`; older ones know only `name`.
        attribute = "region" if min(module.aws_majors) >= 6 else "name"
        wanted["region"] = ("aws_region", attribute)
    names: dict[str, str] = {}
    lookups: list[str] = []
    for word, (kind, attribute) in wanted.items():
        held = [one for one in module.of_kind(f"data.{kind}") if _is_plain(one)]
        name = held[0].name if held else free_name(module, f"data.{kind}", "current")
        names[word] = f"data.{kind}.{name}.{attribute}"
        if not held:
            lookups.append(f'data "{kind}" "{name}" {{}}')
    return names, tuple(sorted(lookups))


def _is_plain(resource: Resource) -> bool:
    attributes = resource.body.attributes
    return resource.repetition is None and not {"provider", "region", "name"} & set(attributes)


def free_name(module: Module, kind: str, wanted: str) -> str:
    """The name that is wanted, or the first one with a number that is free."""
    name, number = wanted, 2
    while module.resource(f"{kind}.{name}") is not None:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _moved(text: str, blanks: int) -> str:
    return "\n".join(" " * blanks + line for line in text.split("\n"))
