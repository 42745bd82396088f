"""What a KMS key's policy says: its owner, and the services that use it themselves. No rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .iam.statements import encoded_object
from .lookups import look_up
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
    found = look_up(module, *_words(service))
    statements = [_OWNER, *([service.statement] if service else [])]
    listed = ",\n".join(_moved(one.format(**found.names), 4) for one in statements)
    text = f'jsonencode({{\n  Version = "2012-10-17"\n  Statement = [\n{listed},\n  ]\n}})'
    return Written(text, found.blocks)


def let_in(module: Module, key: Resource, service: ServiceUse) -> tuple[Targeted, ...] | str:
    """What a key's policy needs before a service can use it, or why nobody can write that."""
    apart = [one for one in module.of_kind(POLICY) if key.address in _named(module, one, "key_id")]
    held = [one for one in (key, *apart) if "policy" in one.body.attributes]
    if any(service.mark in text for one in held for text in _texts(module, one)):
        return ()
    if not held:
        made = policy(module, service)
        insert = InsertAttribute(key.body, "policy", made.text)
        lookups = (Targeted(key.path, AddTopLevel(text)) for text in made.lookups)
        return (Targeted(key.path, insert), *lookups)
    encoded = encoded_object(held[0].body.attributes["policy"].value)
    entry = encoded.entry("Statement") if encoded else None
    listed = entry.value if entry else None
    if len(held) > 1 or held[0] is not key or not isinstance(listed, ListExpression):
        return f"Let `{service.name}` use `{key.address}` in its policy, then set the key here."
    if not listed.items:
        return f"The policy of `{key.address}` is empty. Write it, then set the key here."
    found = look_up(module, *_words(service))
    added = InsertElement(listed, listed.items[-1], service.statement.format(**found.names))
    return (Targeted(key.path, added), *found.written(key.path))


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


def _words(service: ServiceUse | None) -> tuple[str, ...]:
    needs_region = service is not None and service.needs_region
    return ("account", "partition", *(("region",) if needs_region else ()))


def _moved(text: str, blanks: int) -> str:
    return "\n".join(" " * blanks + line for line in text.split("\n"))
