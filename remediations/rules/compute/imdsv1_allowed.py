"""imdsv1-allowed: an instance gives its credentials to whoever asks."""

from __future__ import annotations

from remediations.machine_images import asks_for_token
from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Severities
from remediations.shapes import RequireValue
from remediations.shapes.place import sites
from remediations.terraform.module import Module, Resource

LAUNCH = "aws_launch_configuration"


class Imdsv1Allowed(RequireValue):
    """Two hops, because one would cut containers behind a bridge off."""

    id = "imdsv1-allowed"
    title = "Instance's credentials go to whoever asks"
    resources = ("aws_instance", "aws_launch_template", LAUNCH)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_79",)
    path = "metadata_options.http_tokens"
    allowed = ("required",)
    absent_is = "optional"
    beside = {"http_endpoint": '"enabled"', "http_put_response_hop_limit": "2"}
    message = (
        "A server on this machine that can be talked into fetching an address (a notebook, a "
        "model server) hands out the credentials of the instance's role."
    )
    decides = "whether the instance's credentials go to whoever asks"
    offer = Offer(
        Safety.REVIEW,
        "Ask for a token before credentials are given",
        "In place; from a launch template, for instances that start from now on. Very old SDKs "
        "find no credentials then.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        if resource.value("metadata_options.http_endpoint") == Known("disabled"):
            return False
        if self._is_left_to_image(resource) and asks_for_token(resource, module):
            return False
        says_it = resource.may_hold("metadata_options")
        return says_it or not resource.may_hold("launch_template")

    def _is_left_to_image(self, resource: Resource) -> bool:
        is_said = any(site.held or site.hidden for site in sites(resource, self.path))
        return resource.kind != LAUNCH and not is_said

    def offer_for(self, resource: Resource, module: Module) -> Offer | Advice:
        if resource.kind != LAUNCH:
            return self.offer
        cost = "The launch configuration is destroyed and created again, as for any change of one."
        return Offer(Safety.REPLACE, self.offer.title, cost)
