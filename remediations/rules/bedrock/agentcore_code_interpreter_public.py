"""agentcore-code-interpreter-public: code that agents write, with a way to the internet."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireValue


class AgentcoreCodeInterpreterPublic(RequireValue):
    """`SANDBOX` reaches S3 only; `VPC` what your network lets through."""

    id = "agentcore-code-interpreter-public"
    title = "Code interpreter reaches the internet"
    resources = ("aws_bedrockagentcore_code_interpreter",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    path = "network_configuration.network_mode"
    allowed = ("SANDBOX", "VPC")
    only_inside = True
    message = (
        "Agents run code here that a prompt may have talked them into, and it can send what it "
        "sees anywhere."
    )
    decides = "where code that agents write may send things"
    offer = Offer(
        Safety.REPLACE,
        "Close the code interpreter's way to the internet",
        "The interpreter is destroyed and created again; sessions end. Its code reaches nothing "
        "but S3 then.",
    )
