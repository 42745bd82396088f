"""endpoint-no-cmk: an endpoint configuration whose storage has no key of your own."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import dynamic
from remediations.keys import choose_key, set_key, uses_own_key
from remediations.model import Safety, Severity
from remediations.rule import Advice, Repair, Rule, Severities, Violation
from remediations.sagemaker import price_of_rolling_over, refuses_volume_key, rolled_over
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Block

KEY = "kms_key_arn"
VARIANTS = ("production_variants", "shadow_production_variants")


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
    rolled = rolled_over(resource, module, KEY)
    if isinstance(rolled, Advice):
        return rolled
    title = f"Encrypt the storage with {key.words}"
    intents = (written, *rolled, *key.intents)
    return Repair(Safety.REPLACE, title, price_of_rolling_over(rolled), intents)


def _refuses_key(resource: Resource, module: Module) -> str | None:
    if any(dynamic(resource.body, type) for type in VARIANTS):
        return (
            "The variants are written by a dynamic block. Set kms_key_arn if none of their "
            "instance types has local NVMe storage, where SageMaker refuses a key."
        )
    for variant in _variants(resource):
        if variant.body.blocks("serverless_config"):
            continue
        refusal = refuses_volume_key(module, variant.body.attributes.get("instance_type"), KEY)
        if refusal is not None:
            return refusal
    return None
