"""hardcoded-secret-in-ml-env: a credential in the environment of a model, a job or a function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remediations.credentials import is_credential
from remediations.model import Known, Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.shapes.place import sites
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Entry, ObjectExpression

_CONTAINERS: Final = "container_config.container_environment_variables"
_PLACES: Final = {
    "aws_sagemaker_model": ("primary_container.environment", "container.environment"),
    "aws_sagemaker_data_quality_job_definition": ("data_quality_app_specification.environment",),
    "aws_sagemaker_app_image_config": (
        f"code_editor_app_image_config.{_CONTAINERS}",
        f"jupyter_lab_image_config.{_CONTAINERS}",
    ),
    "aws_bedrockagentcore_agent_runtime": ("environment_variables",),
    "aws_lambda_function": ("environment.variables",),
    "aws_glue_job": ("default_arguments", "non_overridable_arguments"),
    "aws_glue_connection": ("connection_properties",),
}


class HardcodedSecretInMlEnv(Rule):
    """The value is never repeated. What is passed in from outside of the code is no finding."""

    id = "hardcoded-secret-in-ml-env"
    title = "Credential stands in an environment"
    resources = tuple(_PLACES)
    severity = Severities(Severity.CRITICAL, Severity.CRITICAL, Severity.CRITICAL)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for path in _PLACES[resource.kind]:
            for site in sites(resource, path, into_dynamic=True):
                held = site.held
                if held is not None:
                    yield from self._judge_map(path, held, site.statement, module)

    def _judge_map(
        self, path: str, held: Attribute | Entry, key: str, module: Module
    ) -> Iterator[Violation]:
        """Entry by entry where they are written here, else as one value."""
        entries = held.value.entries if isinstance(held.value, ObjectExpression) else ()
        for entry in entries:
            value, name = module.evaluate(entry.value), entry.name or ""
            if isinstance(value, Known) and is_credential(name, str(value.value)):
                yield _found(path, name, entry, f"{key}.{name}")
        whole = module.evaluate(held.value) if not entries else None
        given = whole.value if isinstance(whole, Known) and isinstance(whole.value, dict) else {}
        for name, one in given.items():
            if isinstance(one, str) and is_credential(str(name), one):
                yield _found(path, str(name), held, f"{key}.{name}")


def _found(path: str, name: str, node: Attribute | Entry, key: str) -> Violation:
    message = (
        f"`{name}` holds a credential: it is in the history of this repository, in the state, and "
        "in front of everybody who may describe the resource."
    )
    advice = Advice(
        "Revoke it and put a new one into Secrets Manager; pass its ARN here, and let the code "
        "fetch it with its own role when it starts."
    )
    return Violation(path, message, advice, node, statement=key)
