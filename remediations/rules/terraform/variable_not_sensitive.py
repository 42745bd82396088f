"""variable-not-sensitive: a secret that Terraform prints in plans and logs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import InsertAttribute, SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Reference

_SECRET = re.compile(
    r"(^|_)(passwords?|passwd|secrets?|tokens?|api_?keys?|private_keys?|secret_keys?|credentials?)$"
)
# Words for where a secret is, for what is done about one, and for what only a key can open.
_POINTER = re.compile(
    r"(^|_)(ssm|manager|path|name|format|arn|id|file|override|encrypted|public|versions?|"
    r"expires?|rotates?|requires?|resets?|creates?|enables?|allows?|uses?|is|has)(_|$)"
)
# Whether a machine asks for tokens, and how many of them a model reads or writes.
_NO_SECRET = re.compile(r"(^|_)(http|max|min|input|output|prompt|completion|total)_tokens$")
# Their tokens are records that prove whose a domain is.
_IN_DNS = ("aws_ses_domain", "aws_sesv2_email_identity")
_TEXT = re.compile(r'^"?(string|any|list|set|map|object)')


class VariableNotSensitive(Rule):
    """Only names that end in the secret itself: ``secret_arn`` and ``token_ttl`` are none."""

    id = "variable-not-sensitive"
    title = "Secret is printed in plans"
    resources = ("variable", "output")
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        held = resource.attribute("sensitive")
        if not _holds_a_secret(resource.name) or module.value_of(held) not in (
            Known(None),
            Known(False),
        ):
            return
        if _names_another(resource.attribute("value")):
            return
        type = resource.attribute("type")
        if type is not None and not _TEXT.match(resource.document.text_of(type.value)):
            return
        message = (
            f"By its name this {resource.kind} holds a secret, and Terraform prints it in every "
            "plan and log, which more people read than may have it."
        )
        yield Violation("sensitive", message, _repair(resource, module), held)


def _holds_a_secret(name: str) -> bool:
    is_other = _POINTER.search(name) or _NO_SECRET.search(name)
    return bool(_SECRET.search(name)) and not is_other


def _names_another(output: Attribute | None) -> bool:
    """Whether an output only says where the secret is, or what stands in DNS for everybody."""
    if output is None:
        return False
    value = output.value
    named = (node.names for node in value.walk() if isinstance(node, Reference))
    if any(names[:1] and names[0].startswith(_IN_DNS) for names in named):
        return True
    return isinstance(value, Reference) and value.names[-1:] in (("arn",), ("id",), ("name",))


def _repair(resource: Resource, module: Module) -> Repair | Advice:
    if resource.kind == "variable" and _is_shown(resource, module):
        return Advice(
            "Set sensitive = true here, and in the outputs and repetitions that use it: Terraform "
            "refuses a sensitive value in those."
        )
    offer = Offer(
        Safety.REVIEW,
        "Keep the secret out of plans",
        "Nothing is applied differently; plans show (sensitive value) in its place. It is still "
        "in the state.",
    )
    held = resource.attribute("sensitive")
    if held is not None:
        return offer.repair(Targeted(resource.path, SetValue(held.value, "true")))
    insert = InsertAttribute(resource.body, "sensitive", "true")
    return offer.repair(Targeted(resource.path, insert))


def _is_shown(variable: Resource, module: Module) -> bool:
    """Whether it goes where a sensitive value is refused, or where that cannot be followed."""
    name = f"var.{variable.name}"
    for document in module.documents:
        # What nobody has read is a resource that is made once: a sensitive value is fine in it.
        for block in (one for one in document.body.blocks() if not one.body.is_unread):
            for item in block.body.attributes.values():
                goes_on = block.type in ("output", "locals", "module")
                if (goes_on or item.name in ("for_each", "count")) and any(
                    isinstance(node, Reference) and node.dotted.startswith(name)
                    for node in item.value.walk()
                ):
                    return True
    return False
