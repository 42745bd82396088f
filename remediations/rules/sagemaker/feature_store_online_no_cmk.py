"""feature-store-online-no-cmk: an online store without a key of your own."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.module import Module, Resource


class FeatureStoreOnlineNoCmk(RequireKey):
    """Asked only where there is an online store."""

    id = "feature-store-online-no-cmk"
    title = "Online features have no key of your own"
    resources = ("aws_sagemaker_feature_group",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    path = "online_store_config.security_config.kms_key_id"
    into_dynamic = True
    message = (
        "The features that models read while they answer are encrypted with a key of AWS, which "
        "nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the online store with {key}",
        "The feature group is destroyed and created again: its online features are lost until "
        "they are ingested anew. Writers and readers need {key}.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        held = resource.attribute("online_store_config.enable_online_store")
        is_off = module.value_of(held) == Known(False)
        return resource.may_hold("online_store_config") and not is_off
