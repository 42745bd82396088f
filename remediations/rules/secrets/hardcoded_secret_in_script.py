"""hardcoded-secret-in-script: a credential in what a notebook or a machine runs when it starts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from remediations.credentials import in_script
from remediations.model import Known, Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Expression, Heredoc, String

_SCRIPTS: Final = {
    "aws_sagemaker_notebook_instance_lifecycle_configuration": ("on_create", "on_start"),
    "aws_sagemaker_studio_lifecycle_config": ("studio_lifecycle_config_content",),
    "aws_instance": ("user_data", "user_data_base64"),
    "aws_launch_template": ("user_data",),
    "aws_launch_configuration": ("user_data", "user_data_base64"),
}
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]{40,}={0,2}\s*")


class HardcodedSecretInScript(Rule):
    """The value is never repeated."""

    id = "hardcoded-secret-in-script"
    title = "Credential stands in a start-up script"
    resources = tuple(_SCRIPTS)
    severity = Severities(Severity.CRITICAL, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_46",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for argument in _SCRIPTS[resource.kind]:
            held = resource.attribute(argument)
            if held is None:
                continue
            names = dict.fromkeys(
                name for text in _texts(held.value, module) for name in in_script(text)
            )
            if not names:
                continue
            listed = ", ".join(f"`{name}`" for name in names if name)
            message = (
                f"This script holds a credential{listed and f' ({listed})'}: it is in the history "
                "of this repository, and everybody on the machine can read it from its metadata."
            )
            advice = Advice(
                "Revoke it, put a new one into Secrets Manager, and let the script fetch it with "
                "the machine's own role: aws secretsmanager get-secret-value."
            )
            yield Violation(argument, message, advice, held)


def _texts(value: Expression, module: Module) -> Iterator[str]:
    """The texts that an expression is made of; what is filled in from elsewhere is not the code's.

    A literal in base64 is opened.
    """
    known = module.evaluate(value)
    if isinstance(known, Known) and isinstance(known.value, str):
        yield from (known.value, _opened(known.value))
        return
    for node in value.walk():
        if isinstance(node, Heredoc | String):
            yield "".join(part if isinstance(part, str) else "$" for part in node.parts)


def _opened(text: str) -> str:
    if not _BASE64.fullmatch(text):
        return ""
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
