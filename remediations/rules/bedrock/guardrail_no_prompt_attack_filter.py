"""guardrail-no-prompt-attack-filter: a guardrail that lets hidden instructions through."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import dynamic
from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.shapes import block_text
from remediations.terraform.edit import InsertBlock, SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Block

_OUTER = "content_policy_config"
_INNER = "filters_config"
# Such a filter looks at what comes in only: its output strength has to be NONE.
# https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-prompt-attack.html
_FILTER = {"type": '"PROMPT_ATTACK"', "input_strength": '"HIGH"', "output_strength": '"NONE"'}
_PATH = f"{_OUTER}.{_INNER}"
_OFFER = Offer(
    Safety.REVIEW,
    "Filter prompt attacks",
    "Applied in place; prompts that look like an attack are blocked, some honest ones among them. "
    "Published versions of the guardrail stay as they are.",
)


class GuardrailNoPromptAttackFilter(Rule):
    """A weak filter counts as none."""

    id = "guardrail-no-prompt-attack-filter"
    title = "Guardrail lets prompt attacks through"
    resources = ("aws_bedrock_guardrail",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        outer = resource.body.blocks(_OUTER)
        if dynamic(resource.body, _OUTER) or any(dynamic(b.body, _INNER) for b in outer):
            yield _unsettled("a dynamic block writes the filters")
            return
        filters = [one for block in outer for one in block.body.blocks(_INNER)]
        types = [(one, module.value_of(one.body.attributes.get("type"))) for one in filters]
        ours = [one for one, type in types if type == Known("PROMPT_ATTACK")]
        unread = [type for _, type in types if isinstance(type, Unknown)]
        if ours:
            yield from _weak(ours[0], resource, module)
        elif unread:
            yield _unsettled(unread[0].reason)
        else:
            message = (
                "Nothing in this guardrail looks for prompt attacks, so a sentence in a document "
                "or a question may make the model forget its instructions."
            )
            yield Violation(_PATH, message, _added(resource), outer[0] if outer else None)


def _weak(filter: Block, resource: Resource, module: Module) -> Iterator[Violation]:
    held = filter.body.attributes.get("input_strength")
    value = module.value_of(held)
    if held is None or value in (Known("HIGH"), Known("MEDIUM")):
        return
    message = "This filter is so weak that most prompt attacks get through."
    if isinstance(value, Unknown):
        yield Violation(
            f"{_PATH}.input_strength",
            "`input_strength` decides how many prompt attacks get through.",
            Advice("Make sure that it is `HIGH` wherever this is applied."),
            held,
            unknown=value.reason,
        )
        return
    repair = _OFFER.repair(Targeted(resource.path, SetValue(held.value, '"HIGH"')))
    yield Violation(f"{_PATH}.input_strength", message, repair, held)


def _added(resource: Resource) -> Repair:
    outer = resource.body.blocks(_OUTER)
    if outer:
        insert = InsertBlock(outer[0].body, block_text((_INNER,), _FILTER))
    else:
        insert = InsertBlock(resource.body, block_text((_OUTER, _INNER), _FILTER))
    return _OFFER.repair(Targeted(resource.path, insert))


def _unsettled(reason: str) -> Violation:
    advice = Advice("Make sure that one of them has the type PROMPT_ATTACK, with strength HIGH.")
    message = "The filters decide whether prompt attacks get through."
    return Violation(_PATH, message, advice, unknown=reason)
