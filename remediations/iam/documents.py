"""Which policy documents a policy is put together from, in whichever module. Reads no statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..frozen import dataclass
from ..model import Known
from ..terraform.belonging import narrowed
from ..terraform.evaluate import Found
from ..terraform.instances import home_of
from ..terraform.module import Module, Resource
from ..terraform.nodes import Call, Conditional, Expression, ListExpression, Reference
from .spread import bare
from .statements import DOCUMENT

_SOURCES: Final = "source_policy_documents"
# A statement there may take the place of one that is read here, or the other way round.
_OVERRIDES: Final = ("override_policy_documents", "override_json", "source_json")
_PUTS_TOGETHER: Final = frozenset({"compact", "concat", "distinct", "flatten", "tolist", "toset"})
_JSON: Final = frozenset({("json",), ("minified_json",)})
_OF_EVERY_POLICY: Final = (
    '{"Version":"2012-10-17","Statement":[{"Sid","Effect":"Allow" "Deny","Principal":{"AWS":"*" '
    '"Service" "Federated" "CanonicalUser"},"NotPrincipal","Action","NotAction","Resource",'
    '"NotResource","Condition"}]}'
)
_NOTHING: Final = (Known(None), Known(""))
_MOST_PARTS: Final = 200


@dataclass(frozen=True, slots=True)
class PutTogether:
    """The documents that a policy is made of; ``is_all`` where it is made of nothing else."""

    documents: tuple[Resource, ...]
    is_all: bool
    placeholders: frozenset[str]
    """Texts that ``replace`` puts something else in the place of."""

    def replaces_in(self, words: Iterable[str]) -> bool:
        """Whether something else may stand in the end where one of these does."""
        return any(text in word for word in words for text in self.placeholders)


def put_together(value: Expression, module: Module) -> PutTogether:
    """Follows names, lists, settled conditions and ``replace``; what else there is is not read."""
    found: dict[str, Resource] = {}
    placeholders: set[str] = set()
    is_all, pending = True, [(value, module)]
    for one, home in pending:
        document = _document(bare(one), home)
        parts = _parts(bare(one), home, placeholders) if document is None else []
        if parts is None or len(pending) > _MOST_PARTS:
            is_all = False
        elif document is None:
            pending += parts
        elif document.place not in found:
            found[document.place] = document
            held = document.body.attributes
            if any(name in held for name in _OVERRIDES):
                is_all = False
            elif _SOURCES in held:
                pending.append((held[_SOURCES].value, document.home))
    return PutTogether(tuple(found.values()), is_all, frozenset(placeholders))


def _document(value: Expression, module: Module) -> Resource | None:
    if not isinstance(value, Reference) or value.names[3:] not in _JSON:
        return None
    named = module.resource(".".join(value.names[:3]))
    return named if named is not None and named.kind == DOCUMENT else None


Parts = list[tuple[Expression, Module]]


def _parts(value: Expression, module: Module, placeholders: set[str]) -> Parts | None:
    """What a value is made of, each with its module; None where nobody can tell."""
    if module.evaluate(value) in _NOTHING:
        return []
    match value:
        case ListExpression(items=items):
            return [(item, module) for item in items]
        case Conditional(test=test, then=then, otherwise=otherwise):
            taken = module.evaluate(test)
            is_settled = isinstance(taken, Known) and isinstance(taken.value, bool)
            return [(then if taken == Known(True) else otherwise, module)] if is_settled else None
        case Call(name=name, arguments=held, expands=False) if name in _PUTS_TOGETHER:
            return [(one, module) for one in held]
        case Call(name="replace", arguments=(text, old, _)):
            sought = module.evaluate(old)
            plain = sought.value if isinstance(sought, Known) else None
            if not isinstance(plain, str) or plain in _OF_EVERY_POLICY or plain[0] == "/":
                return None  # it may change who is let in wherever it stands, or is a pattern
            placeholders.add(plain)
            return [(text, module)]
        case Reference():
            return _behind(value, module)
        case _:
            return None


def _behind(name: Reference, module: Module) -> Parts | None:
    found = module.find(name)
    home = home_of(found.scope) if isinstance(found, Found) else None
    if not isinstance(found, Found) or not isinstance(home, Module):
        return None
    inner = narrowed(found.expression, found.rest)
    return None if inner is found.expression and found.rest else [(inner, home)]
