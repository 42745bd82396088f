"""notebook-no-cmk: a notebook instance whose volume has no key of your own."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.keys import choose_key
from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import InsertAttribute
from remediations.terraform.module import Module, Resource


class NotebookNoCmk(Rule):
    """``kms_key_id`` is the real argument; it is ForceNew."""

    id = "notebook-no-cmk"
    title = "Notebook volume has no key of your own"
    resources = ("aws_sagemaker_notebook_instance",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_22", "CKV_AWS_187")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if module.value_of(resource.attribute("kms_key_id")) != Known(None):
            return
        message = (
            "The volume with notebooks, samples and credentials is encrypted with a key of AWS, "
            "which nobody here can audit or take away."
        )
        key = choose_key(module)
        if isinstance(key, str):
            yield Violation("kms_key_id", message, Advice(key))
            return
        intent = InsertAttribute(resource.body, "kms_key_id", key.reference)
        cost = "The notebook is destroyed and created again: copy what is on its volume first."
        intents = (Targeted(resource.path, intent), *key.intents)
        title = f"Encrypt the volume with {key.words}"
        yield Violation("kms_key_id", message, Repair(Safety.REPLACE, title, cost, intents))
