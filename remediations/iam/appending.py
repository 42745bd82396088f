"""What an encoded policy says in words, and where it has room for another statement.

Wherever its pieces stand: in the argument, or in locals behind it. Writes nothing.
"""

from __future__ import annotations

from ..frozen import dataclass
from ..terraform.edit import InsertElement
from ..terraform.module import Module, Resource
from ..terraform.nodes import ListExpression
from .placing import why_kept
from .statements import encoded_policy, policy_of


@dataclass(frozen=True, slots=True)
class Room:
    """A list that can take another statement: in which file, and in a block of which address."""

    listed: ListExpression
    path: str
    touches: str

    def insert(self, text: str) -> InsertElement:
        """The edit that puts a statement at its end."""
        return InsertElement(self.listed, self.listed.items[-1], text)


def words_of(holder: Resource, module: Module, argument: str) -> str | None:
    """Its text, with that of statements in other places; None where there is no such policy.

    What stands where nobody can read it here is missing.
    """
    policy = encoded_policy(holder, module, argument)
    if policy is None:
        return None
    statements = policy_of(holder, module, argument) or ()
    apart = (one.document(holder.document).text_of(one.node) for one in statements)
    return "\n".join([policy.document.text_of(policy.policy), *apart])


def room_in(holder: Resource, module: Module, argument: str) -> Room | None:
    """Where a statement can be put; None where there is no list, or others read it too."""
    policy = encoded_policy(holder, module, argument)
    entry = policy.policy.entry("Statement") if policy else None
    listed = entry.value if entry else None
    if policy is None or not isinstance(listed, ListExpression) or not listed.items:
        return None
    statements = policy_of(holder, module, argument) or ()
    if any(why_kept(one, holder) for one in statements):
        return None
    return Room(listed, policy.document.path, "locals" if policy.elsewhere else holder.address)
