"""A resource policy that must not let everybody in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from ..iam.openness import Open, open_statements
from ..iam.placing import handed_on, path_of, touched, why_kept
from ..iam.size import nearly_full_in
from ..lookups import look_up
from ..rule import Advice, Offer, Repair, Rule, Targeted, Violation
from ..terraform.edit import SetValue
from ..terraform.module import Module, Resource
from ..terraform.nodes import Block, Heredoc, ObjectExpression

_ROOT: Final = '"arn:${{{partition}}}:iam::${{{account}}}:root"'
_EVERYBODY: Final = re.compile(
    r'"Principal"\s*:\s*(?:"\*"|\{\s*"AWS"\s*:\s*(?:"\*"|\[\s*"\*"\s*\])\s*\})'
)


class RequireNamedPrincipals(Rule):
    """One violation for each statement that lets everybody in without a condition on who calls.

    The edit puts the account in place of everybody: its own principals keep what their policies
    allow them. It is made in ``jsonencode``, in a policy document that nobody else uses, and in the
    one place of a heredoc that names everybody; elsewhere the rule advises.
    """

    argument: ClassVar[str] = "policy"
    message: ClassVar[str]
    offer: ClassVar[Offer]
    advice: ClassVar[str] = "Name the accounts or roles that need it in place of everybody."

    def applies(self, resource: Resource, module: Module) -> bool:
        """False where the rule has nothing to say about a resource."""
        return True

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """One violation a statement."""
        if not self.applies(resource, module):
            return
        for found in open_statements(resource, module, self.argument):
            held = resource.attribute(self.argument)
            if found.unknown is not None:
                message = f"`{self.argument}` decides who is let in."
                advice = Advice("Make sure that it lets in only whom you know.")
                yield Violation(self.argument, message, advice, held, unknown=found.unknown)
                continue
            statement, principal = found.statement, found.principal
            inside = statement is not None and isinstance(statement.node, ObjectExpression)
            yield Violation(
                self.argument,
                self.message,
                self._repair(found, resource, module),
                statement.shown(principal) if statement and inside else held,
                statement=statement.key if statement else "",
                related=statement.related(principal) if statement and inside else found.related,
            )

    def _repair(self, found: Open, resource: Resource, module: Module) -> Repair | Advice:
        kept = why_kept(found.statement, resource) if found.statement else None
        if kept is not None:
            return Advice(f"{kept} {self.advice}")
        lookups = look_up(module, "account", "partition")
        root = _ROOT.format(**lookups.names)
        edit = _edit(found, resource, module, self.argument, root)
        if edit is None:
            return Advice(self.advice)
        intents, touches = edit
        return self.offer.repair(
            *intents,
            *lookups.written(intents[0].path),
            touches=touches,
            besides=(
                *nearly_full_in(resource, self.argument, [root], module),
                *(handed_on(found.statement) if found.statement else ()),
            ),
        )


Edit = tuple[tuple[Targeted, ...], tuple[str, ...]]
"""Intents, and the addresses of other blocks that they change."""


def _edit(found: Open, resource: Resource, module: Module, argument: str, root: str) -> Edit | None:
    """The account in place of everybody, in the form that the policy has."""
    statement = found.statement
    if statement is not None and isinstance(statement.node, Block):
        return _in_document(statement.node, resource, module, argument, root)
    if statement is not None and found.principal is not None:
        value = SetValue(found.principal.value, f"{{ AWS = {root} }}")
        return (Targeted(path_of(statement, resource), value),), touched(statement)
    held = resource.attribute(argument)
    if held is None or not isinstance(held.value, Heredoc):
        return None
    text = resource.document.text_of(held.value)
    if len(_EVERYBODY.findall(text)) != 1 or '"Condition"' in text:
        return None
    changed = _EVERYBODY.sub(lambda _: f'"Principal": {{"AWS": {root}}}', text)
    return (Targeted(resource.path, SetValue(held.value, changed)),), ()


def _in_document(
    statement: Block, holder: Resource, module: Module, argument: str, root: str
) -> Edit | None:
    """In a document that is this policy, and nobody else's."""
    held = holder.attribute(argument)
    named = [module.resource(address) for address in module.references(held.value)] if held else []
    if len(named) != 1 or named[0] is None or statement not in named[0].body.blocks("statement"):
        return None
    document = named[0]
    users = {user.address for user, _ in module.users_of(document.address)}
    principals = statement.body.blocks("principals")
    if document.repetition is not None or users != {holder.address} or len(principals) != 1:
        return None
    type, identifiers = (principals[0].body.attributes.get(n) for n in ("type", "identifiers"))
    if type is None or identifiers is None:
        return None
    written = (SetValue(type.value, '"AWS"'), SetValue(identifiers.value, f"[{root}]"))
    return tuple(Targeted(document.path, one) for one in written), (document.address,)
