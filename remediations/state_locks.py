"""Tables in which Terraform itself keeps its locks. Knows no rule."""

from __future__ import annotations

from typing import Final

from .model import Known, Severity
from .rule import Severities
from .terraform.module import Resource

LITTLE_HARM: Final = Severities(Severity.INFO, Severity.LOW, Severity.LOW)
"""What can happen to locks is small everywhere."""


def locks_state(table: Resource) -> bool:
    """Whether a table holds nothing but locks and checksums of states.

    https://developer.hashicorp.com/terraform/language/backend/s3#dynamodb-state-locking
    """
    return table.value("hash_key") == Known("LockID")
