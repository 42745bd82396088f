"""Which KMS key a repair refers to, or how one is written. Knows no rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from .frozen import dataclass
from .house_style import tagged
from .iam.order import needs
from .key_policies import KEY, ServiceUse, let_in, policy
from .lookups import free_name
from .model import Known
from .rule import Advice, Targeted
from .terraform.edit import AddTopLevel, InsertAttribute, SetValue
from .terraform.module import Module, Resource
from .terraform.nodes import Attribute, Body, Document, Entry, Reference, String

NEW_NAME: Final = "ml"
_FILE: Final = "kms.tf"
_MANAGED_BY_AWS: Final = "alias/aws/"
_ARGUMENTS: Final = frozenset({"kms_key_id", "kms_key_arn", "kms_master_key_id", "kms_key"})
_VARIABLE: Final = re.compile(r"(^|_)(kms|cmk)(_|$)")
_SETTING: Final = re.compile(
    r"^(enable|create|use|is|has)_|_(alias|name|policy|days|description|enabled|tags)$"
)

# SageMaker, S3 and most others use a customer-managed key with the caller's own rights and with
# grants, so the key policy names the account; a service that comes itself is named too:
# https://docs.aws.amazon.com/sagemaker/latest/dg/key-management.html
_NEW_KEY: Final = """\
resource "aws_kms_key" "{name}" {{
  description         = "Encrypts machine-learning data of this module"
  enable_key_rotation = true

{policy}
}}"""


_Place = tuple[str | None, str | None]
"""A provider and a region, as written."""
_ANYWHERE: Final[_Place] = (None, None)
_NAMED: Final = 5
"""How many keys are named where there are several."""


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """A key to refer to. ``intents`` write it, or what its policy needs; ``touches`` names it.

    ``note`` is what a person has to see to, because the key's policy stands elsewhere.
    """

    reference: str
    intents: tuple[Targeted, ...] = ()
    touches: tuple[str, ...] = ()
    note: str = ""
    is_new: bool = False

    @property
    def words(self) -> str:
        """How the key is spoken of."""
        return "a new key in `kms.tf`" if self.is_new else f"`{self.reference}`"


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


def choose_key(
    module: Module, user: Resource, service: ServiceUse | None = None
) -> KeyChoice | str:
    """The module's one key that ``user`` can have, a new one, or why nobody can choose.

    ``service`` is one that uses the key with its own rights, so the key's policy has to name it.
    A stand-in of a published module has no room for a key; its caller has.
    """
    if module.stand_in is not None and module.caller is not None and module.call is not None:
        call = module.call
        user = Resource.of(call.block, call.document, module.caller)
        return choose_key(module.caller, user, service)
    place = _place(user)
    held = module.remember("keys", lambda: _by_place(module))
    here = list(held.get(place, ()))
    if place != _ANYWHERE:
        here += [one for one in held.get(_ANYWHERE, ()) if one.key is None]
    if len(here) > 1:
        return f"This module has several keys: {_listed(here)}. Choose one and set it here."
    if here:
        return _doubt(here[0], user) or _with_service(module, here[0], service)
    if held or place != _ANYWHERE:
        return (
            f"`{user.address}` and its key have to be in one region. Write a key there, or choose "
            "one, and set it here."
        )
    if module.unread:
        return f"`{module.unread[0]}` could not be read, so a key may be there already."
    return _new_key(module, service)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A key that may be meant. ``doubt`` is what a person has to find out first."""

    name: str
    reference: str
    doubt: str = ""
    place: _Place = _ANYWHERE
    key: Resource | None = None
    """The key itself, or what looks it up, where this module declares it."""


def _by_place(module: Module) -> dict[_Place, list[_Candidate]]:
    """Every key of the module, each reference once; what is passed in may be of any place."""
    found: dict[_Place, list[_Candidate]] = {}
    for one in {one.reference: one for one in _candidates(module)}.values():
        found.setdefault(one.place, []).append(one)
    return found


def _listed(candidates: Sequence[_Candidate]) -> str:
    names = [f"`{one.name}`" for one in candidates[:_NAMED]]
    left = len(candidates) - len(names)
    return ", ".join(names) + (f" and {left} more" if left else "")


def _candidates(module: Module) -> Iterator[_Candidate]:
    for kind in (KEY, "aws_kms_external_key", "aws_kms_replica_key"):
        for key in module.of_kind(kind):
            if _can_encrypt(module, key):
                yield _Candidate(key.address, f"{key.address}.arn", place=_place(key), key=key)
    for kind, attribute in (("data.aws_kms_key", "arn"), ("data.aws_kms_alias", "target_key_arn")):
        for key in module.of_kind(kind):
            if not _is_managed_by_aws(module, key):
                reference = f"{key.address}.{attribute}"
                yield _Candidate(key.address, reference, place=_place(key), key=key)
    yield from _variables(module)
    yield from _of_neighbours(module)


def _doubt(candidate: _Candidate, user: Resource) -> str:
    """Why a person has to decide, although there is one key only."""
    key = candidate.key
    if key is not None and key.repetition is not None:
        return f"`{key.address}` stands for several keys. Choose one and set it here."
    if key is not None and user.place in needs(key):
        return f"`{key.address}` depends on this resource, so a reference to it would be a cycle."
    return candidate.doubt


def _with_service(
    module: Module, candidate: _Candidate, service: ServiceUse | None
) -> KeyChoice | str:
    if service is None:
        return KeyChoice(candidate.reference)
    if candidate.key is None or candidate.key.kind != KEY:
        note = f"Its policy has to let `{service.name}` use it."
        return KeyChoice(candidate.reference, note=note)
    needed = let_in(module, candidate.key, service)
    if isinstance(needed, str):
        return needed
    return KeyChoice(candidate.reference, needed.intents, needed.touches)


def _place(resource: Resource) -> _Place:
    """The provider and the region it asks for, as written."""
    held = resource.body.attributes
    provider, region = held.get("provider") or held.get("providers"), held.get("region")
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


def _key_arguments(module: Module) -> list[tuple[Attribute, Document]]:
    found = []
    for resource in module.resources:
        bodies = [resource.body] if any(map(resource.block.body.may_say, _ARGUMENTS)) else []
        while bodies:
            body = bodies.pop()
            bodies.extend(block.body for block in body.blocks())
            held = [body.attributes[name] for name in sorted(_ARGUMENTS & {*body.attributes})]
            found += [(attribute, resource.document) for attribute in held]
    return found


def _new_key(module: Module, service: ServiceUse | None) -> KeyChoice:
    path = f"{module.directory}/{_FILE}" if module.directory else _FILE
    made = policy(module, service)
    name = free_name(module, KEY, NEW_NAME)
    held = "\n".join(f"  {line}" if line else "" for line in f"policy = {made.text}".split("\n"))
    text = tagged(_NEW_KEY.format(name=name, policy=held), module)
    intent = AddTopLevel("\n\n".join([*made.lookups, text]))
    return KeyChoice(f"{KEY}.{name}.arn", (Targeted(path, intent),), is_new=True)
