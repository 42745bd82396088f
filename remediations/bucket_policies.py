"""Policies of buckets: whether one refuses plain HTTP, and how a statement is added. No rule."""

from __future__ import annotations

from typing import Final

from .buckets import BUCKET, companions
from .iam.appending import room_in, words_of
from .iam.spread import behind
from .iam.statements import DOCUMENT, encoded_policy
from .model import Known
from .rule import Targeted
from .shapes.written import indented
from .terraform.belonging import meaning_of
from .terraform.edit import AddTopLevel, InsertBlock
from .terraform.module import Module, Resource
from .terraform.nodes import Expression, Heredoc, String

POLICY: Final = "aws_s3_bucket_policy"
PLAIN_HTTP: Final = "SecureTransport"
"""The word in every statement about requests without TLS."""
_SOURCES: Final = ("source_policy_documents", "override_policy_documents")
_KEEP_ALL: Final = frozenset(
    {"compact", "concat", "distinct", "flatten", "one", "replace", "tolist", "toset", "try"}
)
"""Functions that a text can go through and still be all that is written here."""
_ONLY_NAMES: Final = (
    "aws_", "random_", "data.aws_caller_identity", "data.aws_partition", "data.aws_region"
)  # fmt: skip # names side by side are one thought
"""What goes into a policy by its name or number, and holds no statement."""
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
DENY_PLAIN_HTTP: Final = """\
{{
  Sid       = "DenyInsecureTransport"
  Effect    = "Deny"
  Principal = "*"
  Action    = "s3:*"
  Resource = [
    {bucket}.arn,
    "${{{bucket}.arn}}/*",
  ]
  Condition = {{
    Bool = {{ "aws:SecureTransport" = "false" }}
  }}
}}"""
_DENY_IN_DOCUMENT: Final = """\
statement {{
  sid       = "DenyInsecureTransport"
  effect    = "Deny"
  actions   = ["s3:*"]
  resources = [{bucket}.arn, "${{{bucket}.arn}}/*"]

  principals {{
    type        = "*"
    identifiers = ["*"]
  }}

  condition {{
    test     = "Bool"
    variable = "aws:SecureTransport"
    values   = ["false"]
  }}
}}"""


def text_of(policy: Resource, module: Module) -> str | None:
    """A policy as it is written, with the documents that it is made of; None where one hides."""
    held = policy.attribute("policy")
    if held is None:
        return ""
    words = words_of(policy, module, "policy")
    if words is not None:
        written = encoded_policy(policy, module, "policy")
        is_whole = written is not None and not written.is_left_open(module)
        return words if is_whole or PLAIN_HTTP in words else None
    plain, home = behind(held.value, policy.document, module)
    if isinstance(plain, Heredoc | String):
        return home.text_of(plain)
    documents, is_all = _documents(held.value, policy)
    text = "\n".join(one.document.text_of(one.block) for one in documents)
    if documents and (is_all or PLAIN_HTTP in text):
        return text
    value = module.evaluate(held.value)
    return str(value.value) if isinstance(value, Known) else None


def _documents(value: Expression, user: Resource) -> tuple[list[Resource], bool]:
    """The documents that a policy is made of, and those that go into them; whether that is all."""
    found: dict[str, Resource] = {}
    is_all = True
    pending = [(value, user)]
    while pending:
        expression, holder = pending.pop()
        meaning = meaning_of(expression, holder.home, holder.block)
        is_all &= not meaning.loose and meaning.functions <= _KEEP_ALL
        for resource in meaning.resources:
            if resource.kind != DOCUMENT:
                is_all &= resource.kind.startswith(_ONLY_NAMES)
            elif resource.place not in found:
                found[resource.place] = resource
                held = (resource.body.attributes.get(name) for name in _SOURCES)
                pending += [(one.value, resource) for one in held if one is not None]
    return list(found.values()), is_all


def new_policy(head: str, name: str, statements: tuple[str, ...]) -> str:
    """A policy resource around these statements."""
    listed = indented(indented(",\n".join(statements) + ","))
    return (
        f'resource "{POLICY}" "{name}" {{\n{indented(head)}\n\n'
        "  policy = jsonencode({\n"
        '    Version = "2012-10-17"\n'
        f"    Statement = [\n{indented(listed)}\n    ]\n  }})\n}}"
    )


def with_statement(policy: Resource, module: Module, bucket: str) -> tuple[Targeted, str] | None:
    """Refuse plain HTTP in a policy that is there; None where its text cannot take a statement.

    With the intent, the address of the block that it changes.
    """
    room = room_in(policy, module, "policy")
    if room is not None:
        insert = room.insert(DENY_PLAIN_HTTP.format(bucket=bucket))
        return Targeted(room.path, insert), room.touches
    held = policy.attribute("policy")
    addresses = module.references(held.value) if held else ()
    documents = [module.resource(address) for address in addresses]
    if len(documents) != 1 or documents[0] is None or documents[0].kind != DOCUMENT:
        return None
    document = documents[0]
    users = {user.address for user, _ in module.users_of(document.address)}
    if document.repetition is not None or users != {policy.address}:
        return None
    block = InsertBlock(document.body, _DENY_IN_DOCUMENT.format(bucket=bucket))
    return Targeted(document.path, block), document.address


def policy_of(module: Module, bucket: Resource) -> tuple[Resource, ...]:
    """The policy resources of a bucket, and the bucket itself where it holds one inline."""
    inline = (bucket,) if "policy" in bucket.body.attributes else ()
    return (*inline, *companions(module, bucket, POLICY).found)


def top_level(bucket: Resource, text: str) -> Targeted:
    """A block of its own, after the bucket."""
    assert bucket.kind == BUCKET
    return Targeted(bucket.path, AddTopLevel(text, bucket.block))
