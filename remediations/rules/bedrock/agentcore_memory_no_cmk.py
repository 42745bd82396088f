"""agentcore-memory-no-cmk: a memory of agents without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class AgentcoreMemoryNoCmk(RequireKey):
    """A key can only be given when the memory is made."""

    id = "agentcore-memory-no-cmk"
    title = "Agent memory has no key of your own"
    resources = ("aws_bedrockagentcore_memory",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    path = "encryption_key_arn"
    message = (
        "What agents remember of people is encrypted with a key of AWS, which nobody here can "
        "audit or take away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the memory with {key}",
        "The memory is destroyed and created again: everything that agents remember is lost. Its "
        "role needs {key}.",
    )
