"""Which KMS key a repair refers to, or how one is written. Knows no rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .model import Known
from .rule import Advice, Targeted
from .terraform.edit import AddTopLevel, InsertAttribute, SetValue
from .terraform.module import Module, Resource
from .terraform.nodes import Attribute, Body, Document, Entry, Reference, String

KEY: Final = "aws_kms_key"
NEW_NAME: Final = "ml"
_FILE: Final = "kms.tf"
_MANAGED_BY_AWS: Final = "alias/aws/"
_ARGUMENTS: Final = frozenset({"kms_key_id", "kms_key_arn", "kms_master_key_id", "kms_key"})
_VARIABLE: Final = re.compile(r"(^|_)(kms|cmk)(_|$)")
_SETTING: Final = re.compile(
    r"^(enable|create|use|is|has)_|_(alias|name|policy|days|description|enabled|tags)$"
)

# SageMaker and S3 use a customer-managed key with the caller's own rights and with grants, so
# the key policy names the account and no service:
# https://docs.aws.amazon.com/sagemaker/latest/dg/key-management.html
_NEW_KEY: Final = """\
resource "aws_kms_key" "{name}" {{
  description         = "Encrypts machine-learning data of this module"
  enable_key_rotation = true

  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Sid       = "AccountAdministersKey"
        Effect    = "Allow"
        Principal = {{ AWS = "arn:${{{partition}.partition}}:iam::${{{caller}.account_id}}:root" }}
        Action    = "kms:*"
        Resource  = "*"
      }},
    ]
  }})
}}"""


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """A key to refer to. ``intents`` write it where the module has none."""

    reference: str
    intents: tuple[Targeted, ...] = ()

    @property
    def words(self) -> str:
        """How the key is spoken of."""
        return "a new key in `kms.tf`" if self.intents else f"`{self.reference}`"


def uses_own_key(module: Module, attribute: Attribute | Entry | None) -> bool:
    """Whether an argument names a key, or may; absent, null, "" and AWS's own keys are none."""
    if attribute is None:
        return False
    value = module.evaluate(attribute.value)
    if isinstance(value, Known):
        return bool(value.value) and _MANAGED_BY_AWS not in str(value.value)
    named = [module.resource(address) for address in module.references(attribute.value)]
    return not any(one is not None and _is_managed_by_aws(module, one) for one in named)


def set_key(
    resource: Resource, body: Body, name: str, key: KeyChoice, after: str = ""
) -> Targeted | Advice:
    """Write the key into an argument; what passes an empty value on gets it as the fallback."""
    held = body.attributes.get(name)
    if held is None:
        insert = InsertAttribute(body, name, key.reference, after or None)
        return Targeted(resource.path, insert)
    return Targeted(resource.path, SetValue(held.value, key.reference))


def choose_key(module: Module, user: Resource) -> KeyChoice | str:
    """The module's one key that ``user`` can have, a new one, or why nobody can choose."""
    candidates = {one.reference: one for one in _candidates(module, user)}
    here = [one for one in candidates.values() if not one.is_elsewhere]
    if len(here) > 1:
        names = ", ".join(f"`{one.name}`" for one in here)
        return f"This module has several keys: {names}. Choose one and set it here."
    if here:
        return here[0].doubt or KeyChoice(here[0].reference)
    if candidates or _place(user) != (None, None):
        return (
            f"`{user.address}` and its key have to be in one region. Write a key there, or choose "
            "one, and set it here."
        )
    if module.unread:
        return f"`{module.unread[0]}` could not be read, so a key may be there already."
    return _new_key(module)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A key that may be meant. ``doubt`` is what a person has to find out first."""

    name: str
    reference: str
    doubt: str = ""
    is_elsewhere: bool = False


def _candidates(module: Module, user: Resource) -> Iterator[_Candidate]:
    for kind in (KEY, "aws_kms_external_key", "aws_kms_replica_key"):
        for key in module.of_kind(kind):
            if _can_encrypt(module, key):
                yield _declared(module, key, "arn", user)
    for kind, attribute in (("data.aws_kms_key", "arn"), ("data.aws_kms_alias", "target_key_arn")):
        for key in module.of_kind(kind):
            if not _is_managed_by_aws(module, key):
                yield _declared(module, key, attribute, user)
    yield from _variables(module)
    yield from _of_neighbours(module)


def _declared(module: Module, key: Resource, attribute: str, user: Resource) -> _Candidate:
    doubt = ""
    if key.repetition is not None:
        doubt = f"`{key.address}` stands for several keys. Choose one and set it here."
    elif module.depends_on(key, user.address):
        doubt = f"`{key.address}` depends on this resource, so a reference to it would be a cycle."
    is_elsewhere = _place(key) != _place(user)
    return _Candidate(key.address, f"{key.address}.{attribute}", doubt, is_elsewhere)


def _place(resource: Resource) -> tuple[str | None, str | None]:
    """The provider and the region it asks for, as written."""
    held = resource.body.attributes
    provider, region = (held.get(name) for name in ("provider", "region"))
    document = resource.document
    return (
        document.text_of(provider.value) if provider else None,
        document.text_of(region.value) if region else None,
    )


def _can_encrypt(module: Module, key: Resource) -> bool:
    wanted = {
        "key_usage": "ENCRYPT_DECRYPT",
        "customer_master_key_spec": "SYMMETRIC_DEFAULT",
        "is_enabled": True,
    }
    for name, default in wanted.items():
        value = module.value_of(key.attribute(name))
        if isinstance(value, Known) and value.value not in (None, default):
            return False
    return True


def _is_managed_by_aws(module: Module, key: Resource) -> bool:
    values = (module.value_of(key.attribute(name)) for name in ("key_id", "name"))
    return any(isinstance(v, Known) and _MANAGED_BY_AWS in str(v.value) for v in values)


def _variables(module: Module) -> Iterator[_Candidate]:
    """Variables that are named after a key and hold one text."""
    for document in module.documents:
        for block in document.body.blocks("variable"):
            name = ".".join(block.labels)
            if not _VARIABLE.search(name) or _SETTING.search(name):
                continue
            type = block.body.attributes.get("type")
            if type is not None and document.text_of(type.value) not in ("string", '"string"'):
                continue
            reference, doubt = f"var.{name}", ""
            default = block.body.attributes.get("default")
            if default is not None and not uses_own_key(module, default):
                doubt = f"`{reference}` may be the key, and is empty by default. Set it here."
            elif not name.endswith("arn"):
                doubt = f"`{reference}` may be the key. Set it here if it holds an ARN."
            yield _Candidate(reference, reference, doubt)


def _of_neighbours(module: Module) -> Iterator[_Candidate]:
    """What other resources of the module name as their key, besides what is declared in it."""
    for attribute, document in _key_arguments(module):
        value = attribute.value
        if module.references(value) or not uses_own_key(module, attribute):
            continue
        words = document.text_of(value)
        if isinstance(value, Reference) and value.names[0] in ("module", "local", "var"):
            yield _Candidate(words, words)
        elif isinstance(value, String) and value.literal is not None:
            yield _Candidate(value.literal, words)


def _key_arguments(module: Module) -> Iterator[tuple[Attribute, Document]]:
    for resource in module.resources:
        bodies = [resource.body]
        while bodies:
            body = bodies.pop()
            bodies.extend(block.body for block in body.blocks())
            for name in _ARGUMENTS & set(body.attributes):
                yield body.attributes[name], resource.document


def _new_key(module: Module) -> KeyChoice:
    path = f"{module.directory}/{_FILE}" if module.directory else _FILE
    pieces: list[str] = []
    names: dict[str, str] = {}
    for kind in ("aws_caller_identity", "aws_partition"):
        held = [one for one in module.of_kind(f"data.{kind}") if _is_plain(one)]
        if held:
            names[kind] = held[0].address
        else:
            name = _free_name(module, f"data.{kind}", "current")
            names[kind] = f"data.{kind}.{name}"
            pieces.append(f'data "{kind}" "{name}" {{}}')
    name = _free_name(module, KEY, NEW_NAME)
    text = _NEW_KEY.format(
        name=name,
        partition=names["aws_partition"],
        caller=names["aws_caller_identity"],
    )
    intent = AddTopLevel("\n\n".join([*pieces, text]))
    return KeyChoice(f"{KEY}.{name}.arn", (Targeted(path, intent),))


def _is_plain(resource: Resource) -> bool:
    return resource.repetition is None and _place(resource) == (None, None)


def _free_name(module: Module, kind: str, wanted: str) -> str:
    name, number = wanted, 2
    while module.resource(f"{kind}.{name}") is not None:
        name, number = f"{wanted}_{number}", number + 1
    return name
