"""endpoint-no-cmk: an endpoint configuration whose storage has no key of your own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remediations.buckets import dynamic, nested
from remediations.keys import choose_key, set_key, uses_own_key
from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import InsertAttribute, InsertBlock, SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Block, Reference, String

KEY = "kms_key_arn"
VARIANTS = ("production_variants", "shadow_production_variants")
# Families without local NVMe storage. On others CreateEndpointConfig refuses a key:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
_TAKES_A_KEY = re.compile(
    r"ml\.(t2|t3|m4|m5|m6g|m6i|m7i|c4|c5|c6g|c6i|c7g|c7i|r5|r6g|r6i|p2|p3|inf1|inf2)\."
)
# A name may have 63 characters, and Terraform writes 26 of its own behind a prefix:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
_LONGEST_PREFIX = 63 - 26


class EndpointNoCmk(Rule):
    """Serverless variants have no volume and are silent."""

    id = "endpoint-no-cmk"
    title = "Endpoint storage has no key of your own"
    resources = ("aws_sagemaker_endpoint_configuration",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_98",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        held = resource.attribute(KEY)
        if uses_own_key(module, held):
            return
        variants = _variants(resource)
        is_hidden = any(dynamic(resource.body, type) for type in VARIANTS)
        if variants and not is_hidden and all(v.body.blocks("serverless_config") for v in variants):
            return
        message = (
            "SageMaker encrypts the endpoint's volumes with a key of its own: nobody here can see "
            "who decrypts the model on them, or stop it."
        )
        yield Violation(KEY, message, _repair(resource, module), held)


def _variants(resource: Resource) -> list[Block]:
    return [block for type in VARIANTS for block in resource.body.blocks(type)]


def _repair(resource: Resource, module: Module) -> Repair | Advice:
    refusal = _refuses_key(resource, module)
    if refusal is not None:
        return Advice(refusal)
    key = choose_key(module, resource)
    if isinstance(key, str):
        return Advice(key)
    written = set_key(resource, resource.body, KEY, key)
    if isinstance(written, Advice):
        return written
    renamed = _with_prefix(resource, module)
    if isinstance(renamed, Advice):
        return renamed
    cost = (
        "A new endpoint configuration is created and the endpoint rolls over to it; the old one is "
        "destroyed."
    )
    if renamed:
        cost += " Its name gets a suffix, because two cannot have the same name for a moment."
    title = f"Encrypt the storage with {key.words}"
    intents = (written, *renamed, *_created_first(resource, module), *key.intents)
    return Repair(Safety.REPLACE, title, cost, intents)


def _refuses_key(resource: Resource, module: Module) -> str | None:
    if any(dynamic(resource.body, type) for type in VARIANTS):
        return (
            "The variants are written by a dynamic block. Set kms_key_arn if none of their "
            "instance types has local NVMe storage, where SageMaker refuses a key."
        )
    for variant in _variants(resource):
        if variant.body.blocks("serverless_config"):
            continue
        value = module.value_of(variant.body.attributes.get("instance_type"))
        if isinstance(value, Unknown):
            return f"The instance type decides whether a key is possible, and {value.reason}."
        if value.value is not None and not _TAKES_A_KEY.match(str(value.value)):
            return (
                f"`{value.value}` may have local NVMe storage: its hardware encrypts that, and "
                "SageMaker refuses a key. Set kms_key_arn if its family has none."
            )
    return None


def _with_prefix(resource: Resource, module: Module) -> tuple[Targeted, ...] | Advice:
    """A configuration is replaced, so its successor needs a name of its own."""
    held = resource.attribute("name")
    value = module.value_of(held)
    if held is None or value == Known(None):
        return ()
    name = str(value.value) if isinstance(value, Known) else ""
    is_old = max(module.aws_majors) < 4  # where there is no name_prefix yet
    if is_old or not name or len(name) >= _LONGEST_PREFIX or _is_said_elsewhere(module, name):
        return Advice(
            "The configuration is replaced while an endpoint uses it, so the new one needs another "
            "name. Use name_prefix and create_before_destroy = true first, then set kms_key_arn."
        )
    word = Reference(held.name_span, ("name",), "name")
    return (
        Targeted(resource.path, SetValue(word, "name_prefix")),
        Targeted(resource.path, SetValue(held.value, _prefix(resource, held, name))),
    )


def _is_said_elsewhere(module: Module, name: str) -> bool:
    """Whether an endpoint of this module asks for the configuration by its plain name."""
    held = (e.attribute("endpoint_config_name") for e in module.of_kind("aws_sagemaker_endpoint"))
    return any(a is not None and module.value_of(a) == Known(name) for a in held)


def _prefix(resource: Resource, held: Attribute, name: str) -> str:
    text = resource.document.text_of(held.value)
    dash = "" if name.endswith("-") else "-"
    if isinstance(held.value, String):
        return f'{text[:-1]}{dash}"'
    return f'"${{{text}}}{dash}"'


def _created_first(resource: Resource, module: Module) -> tuple[Targeted, ...]:
    lifecycle = nested(resource, "lifecycle")
    if lifecycle is None:
        block = InsertBlock(resource.body, "lifecycle {\n  create_before_destroy = true\n}")
        return (Targeted(resource.path, block),)
    first = lifecycle.body.attributes.get("create_before_destroy")
    if first is None:
        insert = InsertAttribute(lifecycle.body, "create_before_destroy", "true")
        return (Targeted(resource.path, insert),)
    if module.value_of(first) == Known(True):
        return ()
    return (Targeted(resource.path, SetValue(first.value, "true")),)
