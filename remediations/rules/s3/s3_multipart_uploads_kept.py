"""s3-multipart-uploads-kept: lifecycle rules that leave the pieces of failed uploads."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import dynamic
from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import InsertAfter, InsertBlock
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Block, Body

_RULE = """\
rule {
  id     = "abort-incomplete-uploads"
  status = "Enabled"

  filter {}

  abort_incomplete_multipart_upload {
    days_after_initiation = 7
  }
}"""
_NARROWING = ("prefix", "object_size_greater_than", "object_size_less_than", "tag", "and", "tags")


class MultipartUploadsKept(Rule):
    """A rule for a part of the bucket leaves the rest: one for all of it is added beside it."""

    id = "s3-multipart-uploads-kept"
    title = "Pieces of failed uploads stay"
    resources = ("aws_s3_bucket_lifecycle_configuration",)
    severity = Severities(None, Severity.INFO, Severity.LOW)
    aliases = ("CKV_AWS_300",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        rules = resource.body.blocks("rule")
        if any(_clears_all(rule, module) for rule in rules):
            return
        message = (
            "No rule here clears the pieces of failed uploads away: they stay, in no listing, and "
            "hold data that people believe is gone."
        )
        hidden = [dynamic(body, type) for body, type in _places(resource, rules)]
        if any(hidden):
            advice = Advice("Make sure that one of the rules aborts incomplete uploads everywhere.")
            yield Violation("rule", message, advice, unknown="a dynamic block writes the rules")
            return
        place = InsertAfter(rules[-1], _RULE) if rules else InsertBlock(resource.body, _RULE)
        offer = Offer(
            Safety.SAFE,
            "Clear failed uploads away after a week",
            "Applied in place; uploads that are not complete after seven days are aborted. Objects "
            "and their versions stay.",
        )
        yield Violation("rule", message, offer.repair(Targeted(resource.path, place)))


def _places(resource: Resource, rules: tuple[Block, ...]) -> Iterator[tuple[Body, str]]:
    yield resource.body, "rule"
    for rule in rules:
        yield rule.body, "abort_incomplete_multipart_upload"


def _clears_all(rule: Block, module: Module) -> bool:
    status = module.value_of(rule.body.attributes.get("status"))
    if not rule.body.blocks("abort_incomplete_multipart_upload") or status == Known("Disabled"):
        return False
    return not any(_narrows(block.body, module) for block in (rule, *rule.body.blocks("filter")))


def _narrows(body: Body, module: Module) -> bool:
    held = [module.value_of(a) for name, a in body.attributes.items() if name in _NARROWING]
    is_whole = all(value in (Known(""), Known(None)) for value in held)
    return not is_whole or any(block.type in _NARROWING for block in body.blocks())
