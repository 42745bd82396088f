"""lambda-env-no-cmk: a function's variables without a key of your own."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import dynamic
from remediations.keys import uses_own_key
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Severities, Violation
from remediations.shapes import RequireKey
from remediations.terraform.module import Module, Resource


class LambdaEnvNoCmk(RequireKey):
    """A key without variables is not kept by Lambda, and Terraform would want it set for ever."""

    id = "lambda-env-no-cmk"
    title = "Function's variables have no key of your own"
    resources = ("aws_lambda_function",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_173",)
    path = "kms_key_arn"
    message = (
        "The function's variables (endpoints, bucket names, now and then a token) are encrypted "
        "with a key of AWS, so whoever may look at the function may read them."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the variables with {key}",
        "In place. Whoever deploys the function or looks at its variables needs {key}; the "
        "function itself gets it through a grant.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return bool(resource.body.blocks("environment"))

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        yield from super().judge(resource, module)
        written = dynamic(resource.body, "environment")
        if written is None or uses_own_key(module, resource.attribute(self.path)):
            return
        advice = Advice("Make sure that it has a key of your own wherever it has variables.")
        reason = "a dynamic block writes `environment`"
        message = f"`{self.path}` decides {self.decides}."
        yield Violation(self.path, message, advice, written, unknown=reason)
