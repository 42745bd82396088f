"""glue-connection-no-ssl: a way to a database that does not insist on TLS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.shapes.flags import is_true
from remediations.shapes.written import entry_added
from remediations.terraform.edit import InsertAttribute, SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Entry, ObjectExpression

_PROPERTIES: Final = "connection_properties"
_FLAG: Final = "JDBC_ENFORCE_SSL"


class GlueConnectionNoSsl(Rule):
    """Only connections to databases; a network or a Kafka cluster has no such property."""

    id = "glue-connection-no-ssl"
    title = "Connection to a database does not insist on TLS"
    resources = ("aws_glue_connection",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    message = (
        "Jobs take training data, and the password, out of the database in plain text wherever "
        "the other side lets them."
    )
    offer = Offer(
        Safety.REVIEW,
        "Insist on TLS",
        "In place, from the next run on; a database that cannot do TLS is not reached any more.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.value("connection_type") not in (Known(None), Known("JDBC")):
            return
        held = resource.attribute(_PROPERTIES)
        value = module.value_of(held)
        entry = _entry(held.value if held else None)
        flag = module.evaluate(entry.value) if entry else None
        if isinstance(value, Known) and flag is None:
            given = value.value if isinstance(value.value, dict) else {}
            flag = Known(given.get(_FLAG))
        if isinstance(flag, Known):
            if not is_true(_lower(flag.value), default=False):
                yield Violation(_PROPERTIES, self.message, self._repair(resource), entry or held)
        elif flag is not None or not isinstance(held.value if held else None, ObjectExpression):
            advice = Advice(f'Make sure that it says `{_FLAG} = "true"` wherever this is applied.')
            reason = getattr(flag or value, "reason", "")
            message = f"`{_PROPERTIES}` decides whether TLS is insisted on."
            yield Violation(_PROPERTIES, message, advice, entry or held, unknown=reason)
        else:
            yield Violation(_PROPERTIES, self.message, self._repair(resource), held)

    def _repair(self, resource: Resource) -> Repair | Advice:
        held = resource.attribute(_PROPERTIES)
        if held is None:
            text = f'{{\n  {_FLAG} = "true"\n}}'
            insert = InsertAttribute(resource.body, _PROPERTIES, text)
            return self.offer.repair(Targeted(resource.path, insert))
        entry = _entry(held.value)
        if entry is not None:
            return self.offer.repair(Targeted(resource.path, SetValue(entry.value, '"true"')))
        if not isinstance(held.value, ObjectExpression):
            return Advice(f'Write `{_FLAG} = "true"` where the properties come from.')
        added = entry_added(held.value, _FLAG, '"true"')
        return self.offer.repair(Targeted(resource.path, added))


def _entry(value: object) -> Entry | None:
    return value.entry(_FLAG) if isinstance(value, ObjectExpression) else None


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value
