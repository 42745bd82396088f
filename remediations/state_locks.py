"""Tables in which Terraform itself keeps its locks. Knows no rule."""

from __future__ import annotations

from .model import Known
from .terraform.module import Resource


def locks_state(table: Resource) -> bool:
    """Whether a table holds nothing but locks, which are there for minutes and say nothing.

    https://developer.hashicorp.com/terraform/language/backend/s3#dynamodb-state-locking
    """
    return table.value("hash_key") == Known("LockID")
