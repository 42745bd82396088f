"""notebook-no-cmk: a notebook instance whose volume has no key of your own."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.keys import choose_key, set_key, uses_own_key
from remediations.model import Safety, Severity
from remediations.rule import Advice, Repair, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource

KEY = "kms_key_id"


class NotebookNoCmk(Rule):
    """``kms_key_id`` is the real argument; it is ForceNew."""

    id = "notebook-no-cmk"
    title = "Notebook volume has no key of your own"
    resources = ("aws_sagemaker_notebook_instance",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_22", "CKV_AWS_187")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        held = resource.attribute(KEY)
        if uses_own_key(module, held):
            return
        message = (
            "The volume with notebooks, samples and credentials is encrypted with a key of AWS, "
            "which nobody here can audit or take away."
        )
        yield Violation(KEY, message, _repair(resource, module), held)


def _repair(resource: Resource, module: Module) -> Repair | Advice:
    key = choose_key(module, resource)
    if isinstance(key, str):
        return Advice(key)
    written = set_key(resource, resource.body, KEY, key)
    if isinstance(written, Advice):
        return written
    cost = "The notebook is destroyed and created again: copy what is on its volume first."
    title = f"Encrypt the volume with {key.words}"
    return Repair(Safety.REPLACE, title, cost, (written, *key.intents))
