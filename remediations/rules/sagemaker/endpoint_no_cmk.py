"""endpoint-no-cmk: an endpoint configuration whose storage has no key of your own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remediations.buckets import nested
from remediations.keys import choose_key
from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import InsertAttribute
from remediations.terraform.module import Module, Resource

# Families without local NVMe storage. On others CreateEndpointConfig refuses a key:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
_TAKES_A_KEY = re.compile(
    r"ml\.(t2|t3|m4|m5|m6g|m6i|m7i|c4|c5|c6g|c6i|c7g|c7i|r5|r6g|r6i|p2|p3|inf1)\."
)


class EndpointNoCmk(Rule):
    """Serverless variants have no volume and are silent."""

    id = "endpoint-no-cmk"
    title = "Endpoint storage has no key of your own"
    resources = ("aws_sagemaker_endpoint_configuration",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_98",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        variants = resource.body.blocks("production_variants")
        if module.value_of(resource.attribute("kms_key_arn")) != Known(None):
            return
        if variants and all(variant.body.blocks("serverless_config") for variant in variants):
            return
        message = (
            "Model artefacts on the endpoint's volumes are encrypted with a key of AWS, which "
            "nobody here can audit or take away."
        )
        yield Violation("kms_key_arn", message, _repair(resource, module))


def _repair(resource: Resource, module: Module) -> Repair | Advice:
    refusal = _refuses_key(resource, module) or _name_collides(resource, module)
    if refusal is not None:
        return Advice(refusal)
    key = choose_key(module)
    if isinstance(key, str):
        return Advice(key)
    intent = InsertAttribute(resource.body, "kms_key_arn", key.reference)
    cost = (
        "A new endpoint configuration is created and the endpoint rolls over to it; the old one is "
        "destroyed."
    )
    intents = (Targeted(resource.path, intent), *key.intents)
    return Repair(Safety.REPLACE, f"Encrypt the storage with {key.words}", cost, intents)


def _refuses_key(resource: Resource, module: Module) -> str | None:
    for variant in resource.body.blocks("production_variants"):
        value = module.value_of(variant.body.attributes.get("instance_type"))
        if isinstance(value, Unknown):
            return f"The instance type decides whether a key is possible, and {value.reason}."
        if value.value is not None and not _TAKES_A_KEY.match(str(value.value)):
            return (
                f"`{value.value}` may have local NVMe storage, where SageMaker refuses a key. "
                "Set kms_key_arn if its family has none."
            )
    return None


def _name_collides(resource: Resource, module: Module) -> str | None:
    """A configuration is replaced, so its successor needs a name of its own."""
    lifecycle = nested(resource, "lifecycle")
    first = lifecycle.body.attributes.get("create_before_destroy") if lifecycle else None
    value = module.value_of(first)
    if "name" not in resource.body.attributes and value == Known(True):
        return None
    return (
        "The configuration is replaced while an endpoint uses it. Use name_prefix and "
        "create_before_destroy = true first, then set kms_key_arn."
    )
