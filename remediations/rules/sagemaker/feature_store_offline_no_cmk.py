"""feature-store-offline-no-cmk: an offline store without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class FeatureStoreOfflineNoCmk(RequireKey):
    """Asked only where there is an offline store."""

    id = "feature-store-offline-no-cmk"
    title = "Offline features have no key of your own"
    resources = ("aws_sagemaker_feature_group",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    path = "offline_store_config.s3_storage_config.kms_key_id"
    into_dynamic = True
    only_inside = True
    message = (
        "The history of every feature is written to S3 without a key of your own, so whoever may "
        "read the bucket can read it."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the offline store with {key}",
        "The feature group is destroyed and created again; its objects in S3 stay as they are. "
        "Writers and readers need {key}.",
    )
