"""lifecycle-script-unsafe-download: start-up scripts that run what they fetch unchecked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remediations.model import Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Heredoc, String

_SCRIPTS = {
    "aws_sagemaker_notebook_instance_lifecycle_configuration": ("on_create", "on_start"),
    "aws_sagemaker_studio_lifecycle_config": ("studio_lifecycle_config_content",),
    "aws_instance": ("user_data",),
    "aws_launch_template": ("user_data",),
}
_UNSAFE = (
    (re.compile(r"\b(curl|wget)\b[^\n|;]*\|\s*(sudo\s+)?(ba|z|da)?sh\b"), "runs what it fetches"),
    (re.compile(r"\b(curl|wget)\b[^\n|;]*\shttp://"), "fetches over plain HTTP"),
    (re.compile(r"\bpip3?\b[^\n]*--trusted-host"), "installs packages without checking TLS"),
    (
        re.compile(r"\bpip3?\b[^\n]*(--(extra-)?index-url|-i)[ =]http://"),
        "takes packages over HTTP",
    ),
    (re.compile(r"\bgit\s+clone\b[^\n]*\shttp://"), "clones over plain HTTP"),
    (re.compile(r"\bchmod\b[^\n]*\s(-R\s+)?0?777\b"), "lets everybody change files (chmod 777)"),
)


class LifecycleScriptUnsafeDownload(Rule):
    """Advice: what the right address and checksum are, no text tells."""

    id = "lifecycle-script-unsafe-download"
    title = "Start-up script runs what it fetches unchecked"
    resources = tuple(_SCRIPTS)
    severity = Severities(Severity.MEDIUM, Severity.MEDIUM, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for name in _SCRIPTS[resource.kind]:
            attribute = resource.attribute(name)
            if attribute is None:
                continue
            found = [what for pattern, what in _UNSAFE if pattern.search(_script(attribute))]
            if not found:
                continue
            message = (
                f"This script {found[0]}: whoever can answer in the other's place, or changes what "
                "lies there, runs code with the instance's role at its next start."
            )
            advice = Advice(
                "Put it into a bucket or a registry of yours, pin its version, and check its sum "
                "before it runs."
            )
            yield Violation(name, message, advice, attribute)


def _script(attribute: Attribute) -> str:
    """The texts that an expression is made of, as they are written, without comments."""
    parts = (
        part
        for node in attribute.value.walk()
        if isinstance(node, Heredoc | String)
        for part in node.parts
        if isinstance(part, str)
    )
    lines = "".join(parts).split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))
