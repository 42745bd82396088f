"""ecr-mutable-tags: the image behind a tag can be swapped."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireValue


class EcrMutableTags(RequireValue):
    """`MUTABLE` where nobody says otherwise."""

    id = "ecr-mutable-tags"
    title = "Image tags can be overwritten"
    resources = ("aws_ecr_repository",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_51",)
    path = "image_tag_mutability"
    allowed = ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")
    absent_is = "MUTABLE"
    message = (
        "Whoever may push can put another image behind a tag that is in use: the next training "
        "job or endpoint runs it, and nobody sees that it changed."
    )
    decides = "whether the image behind a tag can be swapped"
    offer = Offer(
        Safety.REVIEW,
        "Let a tag mean one image",
        "In place. A pipeline that pushes the same tag again, `latest` for one, is refused.",
    )
