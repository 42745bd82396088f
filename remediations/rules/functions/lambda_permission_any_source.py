"""lambda-permission-any-source: a stranger's bucket or rule may start a function."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.lookups import look_up
from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import InsertAttribute
from remediations.terraform.module import Module, Resource

_LIMITS = ("source_arn", "source_account", "principal_org_id", "event_source_token")
_GATEWAYS = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")
_LINKS = {
    "events.amazonaws.com": ("aws_cloudwatch_event_target", "aws_cloudwatch_event_rule"),
    "s3.amazonaws.com": ("aws_s3_bucket_notification", "aws_s3_bucket"),
    "sns.amazonaws.com": ("aws_sns_topic_subscription", "aws_sns_topic"),
}
_BY_ARN_ONLY = "apigateway.amazonaws.com"


class LambdaPermissionAnySource(Rule):
    """The service asks for whomever; only the source says for whom."""

    id = "lambda-permission-any-source"
    title = "Function may be started from any account"
    resources = ("aws_lambda_permission",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_364",)
    message = (
        "This lets the service start the function for whomever it works for: a bucket, topic or "
        "rule of a stranger's account can feed it what they like."
    )
    offer = Offer(
        Safety.REPLACE,
        "Say which source may start the function",
        "The permission is destroyed and created again; what starts the function in between is "
        "refused, and most services try again.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        principal = resource.value("principal")
        if not isinstance(principal, Known) or not str(principal.value).endswith(".amazonaws.com"):
            return
        if any(name in resource.body.attributes for name in _LIMITS):
            return
        repair = self._repair(resource, module, str(principal.value))
        yield Violation("source_arn", self.message, repair)

    def _repair(self, resource: Resource, module: Module, principal: str) -> Repair | Advice:
        if principal == _BY_ARN_ONLY:
            gateways = [one for kind in _GATEWAYS for one in module.of_kind(kind)]
            if len(gateways) != 1 or gateways[0].repetition is not None:
                return Advice("Name the gateway's execution ARN in `source_arn`.")
            text = f'"${{{gateways[0].address}.execution_arn}}/*"'
            return self.offer.repair(_insert(resource, "source_arn", text))
        sources = _sources(resource, module, principal)
        if len(sources) == 1 and sources[0].repetition is None:
            return self.offer.repair(_insert(resource, "source_arn", f"{sources[0].address}.arn"))
        found = look_up(module, "account")
        insert = _insert(resource, "source_account", found.names["account"])
        return self.offer.repair(insert, *found.written(resource.path))


def _sources(resource: Resource, module: Module, principal: str) -> list[Resource]:
    """What something of the module connects to the function."""
    link, kind = _LINKS.get(principal, ("", ""))
    held = resource.attribute("function_name")
    functions = module.references(held.value) if held else ()
    users = [one for function in functions for one, _ in module.users_of(function)]
    named = (
        module.resource(address)
        for user in users
        if user.kind == link
        for attribute in module.naming(user)
        for address in module.references(attribute.value)
    )
    return list({one.address: one for one in named if one and one.kind == kind}.values())


def _insert(resource: Resource, name: str, text: str) -> Targeted:
    return Targeted(resource.path, InsertAttribute(resource.body, name, text, "principal"))
