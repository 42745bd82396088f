"""opensearch-policy-public: whoever finds the address may search, write and delete."""

from __future__ import annotations

from typing import Final

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireNamedPrincipals
from remediations.terraform.module import Module, Resource

_DOMAINS: Final = ("aws_opensearch_domain", "aws_elasticsearch_domain")
# What else decides who gets in: a network, or users of the store itself, for whom AWS asks for an
# open policy: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
_GUARDS: Final = ("vpc_options", "advanced_security_options")


class OpensearchPolicyPublic(RequireNamedPrincipals):
    """The policy of a domain, in it or beside it. `Resource = "*"` means the domain there."""

    id = "opensearch-policy-public"
    title = "Everybody may use the vector store"
    resources = (*_DOMAINS, *(f"{domain}_policy" for domain in _DOMAINS))
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    argument = "access_policies"
    message = (
        "Whoever reaches this store may do what the statement allows, without a name: read the "
        "documents and embeddings, change them, or delete them."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only this account in",
        "Changed in place. Requests have to be signed from then on, and other accounts that need "
        "the store have to be named.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        """Only where nothing else stands before the store."""
        named = resource.attribute("domain_name")
        held = (module.resource(one) for one in (module.references(named.value) if named else ()))
        domains = [resource, *(one for one in held if one is not None and one.kind in _DOMAINS)]
        return not any(one.may_hold(guard) for one in domains for guard in _GUARDS)
