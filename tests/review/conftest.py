"""Reviews are read with rules that stay as they are."""

from tests.settled import settled_rules

__all__ = ["settled_rules"]
