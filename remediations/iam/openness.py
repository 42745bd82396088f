"""Statements of resource policies that let everybody in. Reads and narrows; judges no service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ..frozen import dataclass
from ..model import Related
from ..terraform.module import Module, Resource
from ..terraform.nodes import Block, Entry, ObjectExpression
from .audience import ONE_NAME, Audience, audience
from .documents import PutTogether, put_together
from .statement import STANDS_HERE
from .statements import Statement, Test, documents_of, encoded_policy, policies, policy_of
from .written import not_written

# Who calls, or from where: with one of these, "everybody" is somebody.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
# Through an access point of one account, its policy says who:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
_NARROWS: Final = re.compile(
    r"aws:(Principal(OrgI[Dd]|OrgPaths|Account|Arn)|Source(Account|Arn|OrgI[Dd]|OrgPaths|Vpce?|Ip|"
    r"Owner)|VpcSourceIp|[Ss]ourceVpce|userid)|kms:(CallerAccount|ViaService)|"
    r"lambda:SourceFunctionArn|s3:DataAccessPoint(Account|Arn)",
    re.IGNORECASE,
)

# A test that somebody is not the one leaves all others in, and one that may be left unanswered
# holds for whoever has no such key: people without an account, for one.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
_HOLDS_FOR_OTHERS: Final = re.compile(r"not|null|ifexists|forallvalues:")
_ALWAYS_TOLD: Final = frozenset({"aws:sourceowner"})
"""SNS says of every caller whose it is, so that nobody leaves it unanswered."""
_EVERYBODY: Final = frozenset({"*", "0.0.0.0/0", "::/0"})


@dataclass(frozen=True, slots=True)
class Open:
    """A statement that lets everybody do something, or may (``unknown`` says why)."""

    statement: Statement | None
    """None where it has no nodes, as in a heredoc."""
    unknown: str | None = None
    related: tuple[Related, ...] = ()
    """Where it stands, where that is a document which only goes into the policy."""

    @property
    def principal(self) -> Entry | None:
        """Where an encoded policy names everybody."""
        node = self.statement.node if self.statement else None
        return node.entry("Principal") if isinstance(node, ObjectExpression) else None


def open_statements(holder: Resource, module: Module, argument: str) -> Iterator[Open]:
    """Allow statements for everybody, without a condition on who calls or from where."""
    held = holder.attribute(argument)
    if held is None:
        return
    if encoded_policy(holder, module, argument) is not None:
        for statement in policy_of(holder, module, argument) or ():
            yield from _judged(statement)
        if not_written(held, holder.document, module) is not None:
            yield Open(None, unknown="a part of the policy cannot be read here")
        return
    made = put_together(held.value, module)
    documents = documents_of(holder, module, argument)
    if documents:
        for statement in _of_all(documents):
            yield from _judged(statement)
        for statement in _of_all(one for one in made.documents if one not in documents):
            yield from _judged(statement, is_merged=True)
        return
    if made.documents:
        yield from _in_documents(made)
        return
    found = audience(holder, module, argument)
    # A text is edited as a whole, so that one of its statements stands for all.
    written = tuple(filter(_lets_everybody_in, policy_of(holder, module, argument) or ()))
    if found is Audience.EVERYBODY and (not written or any(map(_is_open, written))):
        yield Open(None)
    elif found is Audience.UNKNOWN:
        yield Open(None, unknown="the policy cannot be read here")


def _in_documents(made: PutTogether) -> Iterator[Open]:
    """Of a policy that is put together from documents, not always from nothing else."""
    read = [*_of_all(made.documents)]
    told = [one for one in read if not _may_let_others_in(one, made)]
    for statement in told:
        yield from _judged(statement, is_merged=True)
    if len(told) < len(read) or not made.is_all:
        yield Open(None, unknown="a part of the policy cannot be read here")


def _of_all(documents: Iterable[Resource]) -> Iterator[Statement]:
    for document in documents:
        for policy in policies(document, document.home):
            yield from policy


def _may_let_others_in(statement: Statement, made: PutTogether) -> bool:
    """Whether it may let in others than it names: by what a name stands for, or is replaced by."""
    if statement.effect == "Deny":
        return False
    names = [item.text for item in statement.principals]
    filled_in = [one for one in names if one.startswith("${") and one.endswith("}")]
    is_told = all(map(ONE_NAME.match, filled_in))
    if statement.effect != "Allow" or statement.not_principals or not is_told:
        return True
    return made.replaces_in([*names, statement.conditions if _lets_everybody_in(statement) else ""])


def _judged(statement: Statement, *, is_merged: bool = False) -> Iterator[Open]:
    if not _is_open(statement):
        return
    related: tuple[Related, ...] = ()
    if is_merged and statement.home is not None and isinstance(statement.node, Block):
        place = statement.home.source.location(statement.node.header_span)
        related = (Related(place, STANDS_HERE),)
    yield Open(statement, related=related)


def _is_open(statement: Statement) -> bool:
    return _lets_everybody_in(statement) and not _says_who(statement)


def _lets_everybody_in(statement: Statement) -> bool:
    return statement.effect == "Allow" and "*" in {item.text for item in statement.principals}


def _says_who(statement: Statement) -> bool:
    """Whether its condition says who calls or from where, in a way that leaves others out."""
    if statement.tests is None or statement.has_not:
        return bool(_NARROWS.search(statement.conditions))
    return any(map(_leaves_others_out, statement.tests))


def _leaves_others_out(test: Test) -> bool:
    is_told = test.key in _ALWAYS_TOLD
    operator = test.operator.removeprefix("forallvalues:") if is_told else test.operator
    is_loose = _HOLDS_FOR_OTHERS.search(operator) or not _EVERYBODY.isdisjoint(test.values)
    return bool(_NARROWS.search(test.key)) and not is_loose
