"""emr-encryption-off: a security configuration that says not to encrypt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from remediations.model import Known, Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource

_FLAGS: Final = {
    "EnableAtRestEncryption": "Training data lies in plain text",
    "EnableInTransitEncryption": "What machines send each other goes in plain text",
}


class EmrEncryptionOff(Rule):
    """Advice: the keys and certificates that encryption needs are nowhere in the text."""

    id = "emr-encryption-off"
    title = "Security configuration says not to encrypt"
    resources = ("aws_emr_security_configuration",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        held = resource.attribute("configuration")
        value = module.value_of(held)
        if held is None:
            return
        if not isinstance(value, Known):
            advice = Advice("Make sure that both flags are true wherever this is applied.")
            message = "`configuration` decides what clusters encrypt."
            yield Violation("configuration", message, advice, held, unknown=value.reason)
            return
        for flag, what in _FLAGS.items():
            if _encryption(value.value).get(flag) is not True:
                message = f"{what} on every cluster with this configuration: `{flag}` is not true."
                advice = Advice(
                    f"Set {flag} to true, with the key or the certificates that it needs; a new "
                    "configuration is created and its clusters are started again."
                )
                yield Violation("configuration", message, advice, held, statement=flag)


def _encryption(text: object) -> dict[str, object]:
    try:
        found = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    held = found.get("EncryptionConfiguration") if isinstance(found, dict) else None
    return held if isinstance(held, dict) else {}
