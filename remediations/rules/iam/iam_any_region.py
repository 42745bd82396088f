"""iam-any-region: a permission on everything that holds in regions nobody uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remediations.iam.perimeter import REGION, in_any_region
from remediations.iam.permissions import covers
from remediations.iam.roles import roles_of
from remediations.iam.statement import Statement
from remediations.iam.trust import takers
from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import KeepWithin, Kept, some
from remediations.terraform.module import Module, Resource

# Its functions run, and write their logs, in whichever region somebody asks from:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
_EVERYWHERE: Final = "edgelambda"
# What begins to cost by the hour, wherever that is.
_STARTS: Final = (
    "autoscaling:CreateAutoScalingGroup",
    "batch:SubmitJob",
    "codebuild:StartBuild",
    "ec2:CreateFleet",
    "ec2:RequestSpotInstances",
    "ec2:RunInstances",
    "ecs:CreateService",
    "ecs:RunTask",
    "eks:CreateNodegroup",
    "elasticmapreduce:RunJobFlow",
    "glue:StartJobRun",
    "lambda:CreateFunction",
    "rds:CreateDBInstance",
    "redshift:CreateCluster",
    "sagemaker:CreateEndpoint",
    "sagemaker:CreateNotebookInstance",
    "sagemaker:CreateProcessingJob",
    "sagemaker:CreateTrainingJob",
)
_PULLS: Final = "ecr:BatchGetImage"


class AnyRegion(KeepWithin):
    """Of services that work in a region; what answers for the whole account is left alone."""

    id = "iam-any-region"
    title = "Permission in every region"
    severity = Severities(Severity.INFO, Severity.INFO, Severity.LOW)
    condition = REGION
    within = "region"
    sid_word = "Here"
    offer = Offer(
        Safety.REVIEW,
        "Keep the statement to one region",
        "Applied in place; requests to any other region than that of the provider are refused "
        "from then on. In that region everything stays open: naming resources is better still.",
    )

    def kept(self, statement: Statement) -> Kept | None:
        actions = in_any_region(statement)
        if not actions:
            return None
        others = tuple(item.text for item in statement.actions if item.text not in actions)
        # Which statement it is does not change when some of its actions are scoped.
        return Kept(actions, others, actions, statement.sid or "region")

    def told(self, kept: Kept) -> str:
        starts = any(covers(held, one) for held in kept.actions for one in _STARTS)
        harm = (
            "that is where strangers start machines at your cost"
            if starts
            else "what somebody does there goes unseen"
        )
        return (
            f"{some(kept.shown)} may be used on everything, and in regions too that nobody works "
            f"in or watches: {harm}."
        )

    def costs(self, kept: Kept) -> Iterator[str]:
        if any(action.lower().startswith("s3:") for action in kept.actions):
            yield "So are requests for buckets that stand in another region."
        if any(covers(action, _PULLS) for action in kept.actions):
            yield "So is pulling an image that stands in another region."

    def why_not(self, holder: Resource, module: Module) -> str | None:
        if any(one.may_hold("provider") for one in module.resources):
            return "Not all resources here use one provider, so they may stand in several regions."
        if _EVERYWHERE in takers(roles_of(holder, module), module):
            return "What runs at the edge writes its logs in many regions: name all of them."
        return None
