"""endpoint-no-cmk: an endpoint configuration whose storage has no key of your own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from remediations.buckets import dynamic
from remediations.keys import choose_key, set_key, uses_own_key
from remediations.model import Safety, Severity
from remediations.rule import Advice, Repair, Rule, Severities, Violation
from remediations.sagemaker import (
    VARIANTS,
    is_encrypted_by_hardware,
    is_per_caller,
    price_of_rolling_over,
    refuses_volume_key,
    rolled_over,
    where_taken,
)
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Block, Conditional, Reference

KEY = "kms_key_arn"


class EndpointNoCmk(Rule):
    """Variants on local storage have nothing that a key could encrypt, and are silent."""

    id = "endpoint-no-cmk"
    title = "Endpoint storage has no key of your own"
    resources = ("aws_sagemaker_endpoint_configuration",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_98",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        held = resource.attribute(KEY)
        if uses_own_key(module, held) or _is_conditional(held):
            return
        variants = _variants(resource)
        is_hidden = any(dynamic(resource.body, type) for type in VARIANTS)
        if variants and not is_hidden and all(_takes_no_key(v, module) for v in variants):
            return
        is_serverless = all(v.body.blocks("serverless_config") for v in variants) and variants
        message = (
            f"SageMaker encrypts the endpoint's {'image' if is_serverless else 'volumes'} with a "
            "key of its own: nobody here can see who decrypts what serves the model, or stop it."
        )
        yield Violation(KEY, message, _repair(resource, module), held)


def _variants(resource: Resource) -> list[Block]:
    return [block for type in VARIANTS for block in resource.body.blocks(type)]


def _takes_no_key(variant: Block, module: Module) -> bool:
    """Nothing that a key could encrypt. Of a serverless one it encrypts the copy of the image:
    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-create-config.html
    """
    held = variant.body.attributes.get("instance_type")
    return is_encrypted_by_hardware(module, held)


def _is_conditional(held: Attribute | None) -> bool:
    """A key wherever the hardware takes one."""
    if held is None or not isinstance(held.value, Conditional):
        return False
    return any(isinstance(one, Reference) for one in (held.value.then, held.value.otherwise))


def _repair(resource: Resource, module: Module) -> Repair | Advice:
    if any(dynamic(resource.body, type) for type in VARIANTS):
        return Advice(
            "The variants are written by a dynamic block. Set kms_key_arn if none of their "
            "instance types has local NVMe storage, where SageMaker refuses a key."
        )
    variants = [v for v in _variants(resource) if not v.body.blocks("serverless_config")]
    types = [v.body.attributes.get("instance_type") for v in variants]
    open_types = [t.value for t in types if t is not None and is_per_caller(resource, t)]
    fixed = [t for t in types if t is None or t.value not in open_types]
    refusal = next(filter(None, (refuses_volume_key(module, one, KEY) for one in fixed)), None)
    if refusal is not None:
        return Advice(refusal)
    key = choose_key(module, resource)
    if isinstance(key, str):
        return Advice(key)
    texts = [resource.document.text_of(one) for one in open_types]
    chosen = replace(key, reference=where_taken(texts, key.reference))
    written = set_key(resource, resource.body, KEY, chosen)
    if isinstance(written, Advice):
        return written
    rolled = rolled_over(resource, module, KEY)
    if isinstance(rolled, Advice):
        return rolled
    title = f"Encrypt the storage with {key.words}"
    intents = (written, *rolled, *key.intents)
    return Repair(Safety.REPLACE, title, price_of_rolling_over(rolled), intents, key.touches)
