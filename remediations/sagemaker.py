"""Facts of SageMaker that several rules share: which hardware takes a key, what a new name costs.

Knows no rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from .buckets import dynamic, nested
from .model import Known, Unknown
from .rule import Advice, Repair, Targeted
from .shapes.place import blocks
from .terraform.belonging import resolve
from .terraform.edit import InsertAttribute, InsertBlock, SetValue
from .terraform.module import Module, Resource
from .terraform.nodes import Attribute, Body, Reference, String

MODEL: Final = "aws_sagemaker_model"
CONFIGURATION: Final = "aws_sagemaker_endpoint_configuration"
VARIANTS: Final = ("production_variants", "shadow_production_variants")
_SERVERLESS: Final = "serverless_config"
_EMPTY: Final = (Known(None), Known(""), Known(()))

# Families without local NVMe storage. On others a volume key is refused:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
_TAKES_A_KEY: Final = re.compile(
    r"ml\.(t2|t3|m4|m5|m6g|m6i|m7i|c4|c5|c6g|c6i|c7g|c7i|r5|r6g|r6i|p2|p3|inf1|inf2)\."
)
_TAKES_A_KEY_THERE: Final = r'can(regex("^ml\\.(t[23]|[mcr][4-7][gi]?|p[23]|inf[12])\\.", {type}))'
_LOCAL_STORAGE: Final = re.compile(
    r"ml\.(g4dn|g5|g6e?|gr6|p4de?|p5(e|en)?|trn[12]n?|[cmr][5-8][agi]?n?d)\."
)
# A name may have 63 characters, and Terraform writes 26 of its own behind a prefix:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
_LONGEST_NAME: Final = 63
_LONGEST_PREFIX: Final = _LONGEST_NAME - 26
_SUCCESSOR: Final = "-2"
_PER_CALLER: Final = re.compile(r"\b(var|each|count|module|data)\.")


def is_left_out(resource: Resource, argument: str) -> bool:
    """Whether an argument is absent, or known to be empty for this caller."""
    return resource.value(argument) in _EMPTY


def refuses_volume_key(
    module: Module, instance_type: Attribute | None, argument: str
) -> str | None:
    """Why a volume of this instance type may take no key; None where it does."""
    value = module.value_of(instance_type)
    if isinstance(value, Unknown):
        return f"The instance type decides whether a key is possible, and {value.reason}."
    if value.value is not None and not _TAKES_A_KEY.match(str(value.value)):
        return (
            f"`{value.value}` may have local NVMe storage: its hardware encrypts that, and "
            f"SageMaker refuses a key. Set {argument} if its family has none."
        )
    return None


def is_encrypted_by_hardware(module: Module, instance_type: Attribute | None) -> bool:
    """Whether all storage of an instance type is local, so that SageMaker refuses a key for it."""
    value = module.value_of(instance_type)
    return isinstance(value, Known) and bool(_LOCAL_STORAGE.match(str(value.value)))


def is_per_caller(resource: Resource, held: Attribute) -> bool:
    """Whether an argument has the value that a caller, or an instance, happens to give it."""
    return _PER_CALLER.search(resource.document.text_of(held.value)) is not None


def where_taken(types: Sequence[str], key: str) -> str:
    """The key wherever the instance types, as they are written, take one."""
    if not types:
        return key
    conditions = " && ".join(_TAKES_A_KEY_THERE.format(type=one) for one in types)
    return f"{conditions} ? {key} : null"


def rolled_over(configuration: Resource, module: Module, argument: str) -> list[Targeted] | Advice:
    """What lets an endpoint configuration be replaced while an endpoint uses it.

    Its successor needs a name of its own and has to be there before the old one goes.
    """
    held = configuration.attribute("name")
    value = module.value_of(held)
    written: list[Targeted] = []
    if held is not None and value != Known(None):
        name = str(value.value) if isinstance(value, Known) else ""
        is_old = max(module.aws_majors) < 4  # where there is no name_prefix yet
        is_too_long = not name or len(name) + len(_SUCCESSOR) > _LONGEST_NAME
        if _is_said_elsewhere(module, configuration, name) or (is_old and is_too_long):
            return Advice(
                "The configuration is replaced while an endpoint uses it, so the new one needs "
                "another name. Use name_prefix and create_before_destroy = true first, then set "
                f"{argument}."
            )
        written += _renamed(configuration, held, name, is_old=is_old)
    return [*written, *_created_first(configuration, module)]


def _renamed(
    configuration: Resource, held: Attribute, name: str, *, is_old: bool
) -> Iterator[Targeted]:
    """A prefix that Terraform completes; before version 4 another name, once."""
    if not is_old:
        word = Reference(held.name_span, ("name",), "name")
        yield Targeted(configuration.path, SetValue(word, "name_prefix"))
        text = _prefix(configuration, held, name)
        yield Targeted(configuration.path, SetValue(held.value, text))
    elif not name.endswith(_SUCCESSOR):
        text = configuration.document.text_of(held.value)
        is_string = isinstance(held.value, String)
        text = f'{text[:-1]}{_SUCCESSOR}"' if is_string else f'"${{{text}}}{_SUCCESSOR}"'
        yield Targeted(configuration.path, SetValue(held.value, text))


def with_rollover(
    repair: Repair | Advice, configuration: Resource, module: Module, argument: str
) -> Repair | Advice:
    """A repair of an endpoint configuration, with what lets it be replaced."""
    if isinstance(repair, Advice):
        return repair
    rolled = rolled_over(configuration, module, argument)
    if isinstance(rolled, Advice):
        return rolled
    cost = " ".join(filter(None, (price_of_rolling_over(rolled), repair.cost)))
    return Repair(repair.safety, repair.title, cost, (*repair.intents, *rolled))


def price_of_rolling_over(intents: list[Targeted]) -> str:
    """What happens on apply when ``rolled_over`` wrote these."""
    cost = (
        "A new endpoint configuration is created and the endpoint rolls over to it; the old one is "
        "destroyed."
    )
    renamed = any(isinstance(targeted.intent, SetValue) for targeted in intents)
    suffix = " Its name gets a suffix, because two cannot have the same name for a moment."
    return cost + (suffix if renamed else "")


def _is_said_elsewhere(module: Module, configuration: Resource, name: str) -> bool:
    """Whether an endpoint of this module asks for the configuration by its plain name."""
    held = (e.attribute("endpoint_config_name") for e in module.of_kind("aws_sagemaker_endpoint"))
    return any(
        a is not None
        and module.value_of(a) == Known(name)
        and configuration.address not in module.references(a.value)
        for a in held
    )


def _prefix(resource: Resource, held: Attribute, name: str) -> str:
    """As long as a prefix may be, whatever a caller passes in."""
    text = resource.document.text_of(held.value)
    if isinstance(held.value, String) and held.value.literal is not None:
        return f'"{name[: _LONGEST_PREFIX - 1].removesuffix("-")}-"'
    is_short = bool(name) and len(name) < _LONGEST_PREFIX and not _PER_CALLER.search(text)
    if not is_short:
        return f'"${{substr({text}, 0, {_LONGEST_PREFIX - 1})}}-"'
    dash = "" if name.endswith("-") else "-"
    if isinstance(held.value, String):
        return f'{text[:-1]}{dash}"'
    return f'"${{{text}}}{dash}"'


def _created_first(resource: Resource, module: Module) -> list[Targeted]:
    lifecycle = nested(resource, "lifecycle")
    if lifecycle is None:
        block = InsertBlock(resource.body, "lifecycle {\n  create_before_destroy = true\n}")
        return [Targeted(resource.path, block)]
    first = lifecycle.body.attributes.get("create_before_destroy")
    if first is None:
        insert = InsertAttribute(lifecycle.body, "create_before_destroy", "true")
        return [Targeted(resource.path, insert)]
    if module.value_of(first) == Known(True):
        return []
    return [Targeted(resource.path, SetValue(first.value, "true"))]


def with_successor(repair: Repair | Advice, model: Resource, module: Module) -> Repair | Advice:
    """A repair of a model; where its successor is created first, that gets a name of its own.

    Configurations that name the model are replaced then, so they have to roll over.
    """
    first = model.attribute("lifecycle.create_before_destroy")
    held = model.body.attributes.get("name")
    if isinstance(repair, Advice) or held is None or module.value_of(first) != Known(True):
        return repair
    written = list(_succeeded(model, held, module))
    touched = []
    for configuration in _configurations_of(model, module):
        rolled = rolled_over(configuration, module, "that")
        if isinstance(rolled, Advice):
            return rolled
        written += rolled
        touched.append(configuration.address)
    cost = f"{repair.cost} Its name changes, so endpoints that use it roll over to a new one."
    intents = (*repair.intents, *written)
    return replace(repair, cost=cost, intents=intents, touches=(*repair.touches, *touched))


def _succeeded(model: Resource, held: Attribute, module: Module) -> Iterator[Targeted]:
    """Another name, once; cut where a caller may pass in one that is too long."""
    text, value = model.document.text_of(held.value), module.value_of(held)
    if text.endswith(f'{_SUCCESSOR}"'):
        return
    name = str(value.value) if isinstance(value, Known) else ""
    longest = _LONGEST_NAME - len(_SUCCESSOR)
    is_short = bool(name) and len(name) <= longest and not _PER_CALLER.search(text)
    if is_short and isinstance(held.value, String):
        text = text[1:-1]
    else:
        text = f"${{{text}}}" if is_short else f"${{substr({text}, 0, {longest})}}"
    yield Targeted(model.path, SetValue(held.value, f'"{text}{_SUCCESSOR}"'))


def _configurations_of(model: Resource, module: Module) -> list[Resource]:
    users = {id(user.block) for user, _ in module.users_of(model.address)}
    return [one for one in module.of_kind(CONFIGURATION) if id(one.block) in users]


def is_only_serverless(model: Resource) -> bool:
    """Whether some variant serves a model, and each that does is serverless.

    What is made counts; where nothing is, what somebody could turn on. Serverless inference
    supports neither a VPC nor network isolation:
    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    """
    ways = _ways_of_serving(model)
    made = {is_serverless for is_made, is_serverless in ways if is_made}
    return (made or {is_serverless for _, is_serverless in ways}) == {True}


def is_also_serverless(model: Resource) -> bool:
    """Whether a serverless variant serves a model, or would if somebody turned it on.

    An edit is for every call of the model's module, so what the other calls do with it counts.
    """
    written = model.home.root.family_of_kind(MODEL)
    same = (model, *(one for one in written if one.block is model.block))
    return any(is_serverless for one in same for _, is_serverless in _ways_of_serving(one))


def _ways_of_serving(model: Resource) -> frozenset[tuple[bool, bool]]:
    """Of each variant that names the model, whether it is made and whether it is serverless."""
    root = model.home.root
    index = root.remember("ways of serving", lambda: _ways_by_model(root))
    return frozenset(index.get(model.place, ()))


def _ways_by_model(root: Module) -> Mapping[str, set[tuple[bool, bool]]]:
    found: dict[str, set[tuple[bool, bool]]] = {}
    written = (one for module in root.family for one in module.resources)
    for configuration in (one for one in written if one.kind == CONFIGURATION):
        is_made = not configuration.home.is_absent(configuration.block)
        for variant in _variants(configuration):
            ways = {(is_made, is_serverless) for is_serverless in _forms(variant)}
            # What is not written for this caller may be for another.
            ways |= {(False, True)} if _may_write_serverless(configuration) else set()
            for model in _named_by(variant, configuration):
                found.setdefault(model.place, set()).update(ways)
    return found


def _variants(configuration: Resource) -> Iterator[Body]:
    for type in VARIANTS:
        for site in blocks(configuration, [type], into_dynamic=True):
            if isinstance(site.holder, Body) and not site.missing and not site.hidden:
                yield site.holder


def _forms(variant: Body) -> tuple[bool, ...]:
    """Whether a variant is serverless; both where a dynamic block leaves that open."""
    if variant.blocks(_SERVERLESS):
        return (True,)
    return (True, False) if dynamic(variant, _SERVERLESS) else (False,)


def _may_write_serverless(configuration: Resource) -> bool:
    bodies = [configuration.block.body]
    while bodies:
        body = bodies.pop()
        if dynamic(body, _SERVERLESS):
            return True
        bodies += [block.body for block in body.blocks()]
    return False


def _named_by(variant: Body, configuration: Resource) -> Iterator[Resource]:
    """The models that a variant means: by reference, through modules too, or by their name."""
    held = variant.attributes.get("model_name")
    if held is None:
        return
    home = configuration.home
    meant = resolve(held.value, home, configuration.block)
    yield from (one for one in meant if one.kind == MODEL)
    name = home.value_of(held)
    if not meant and name != Known(None) and isinstance(name, Known):
        yield from (one for one in home.root.family_of_kind(MODEL) if one.value("name") == name)
