"""What the engine of a search domain lets change in place, and what it costs where it does not."""

from __future__ import annotations

import re
from typing import Final

from .model import Known, Safety
from .rule import Offer
from .terraform.module import Module, Resource

_FIRST: Final = (6, 7)
"""Elasticsearch takes encryption on as it runs from here on, OpenSearch always.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/encryption-at-rest.html
"""
_ANEW: Final = (
    "The domain is destroyed and created again, empty, because its engine may be older than "
    "Elasticsearch 6.7: upgrade it first, and this is done in place."
)
_VERSION: Final = re.compile(r"(?:Elasticsearch_)?(\d+)\.(\d+)")


def encrypts_in_place(domain: Resource, module: Module) -> bool:
    """Whether a domain goes on as it is when encryption is turned on; False where nobody can say.

    Below version 4 the provider makes any domain anew, above only one whose engine is too old:
    internal/service/opensearch/domain.go, internal/service/elasticsearch/domain.go.
    """
    if min(module.aws_majors) < 4:
        return False
    if domain.kind == "aws_elasticsearch_domain":
        return _takes_it(domain, "elasticsearch_version", absent="1.5")
    return _takes_it(domain, "engine_version", absent="OpenSearch_1.0")


def as_its_engine_takes_it(offer: Offer, domain: Resource, module: Module) -> Offer:
    """An offer to encrypt a domain in place, or the same at the price of a new domain."""
    if encrypts_in_place(domain, module):
        return offer
    return Offer(Safety.REPLACE, offer.title, _ANEW)


def _takes_it(domain: Resource, name: str, absent: str) -> bool:
    value = domain.value(name)
    if not isinstance(value, Known):
        return False
    said = str(absent if value.value is None else value.value)
    if said.startswith("OpenSearch_"):
        return True
    found = _VERSION.fullmatch(said)
    return found is not None and (int(found[1]), int(found[2])) >= _FIRST
