"""The chart, rendered by Helm's own engine and held against Kubernetes' own schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python as helm
import kubernetes_validate
import pytest
import yaml

CHART = Path(__file__).parents[2] / "charts" / "lockstitch"
SECRET = {"existingSecret": "lockstitch"}
SETS: dict[str, dict[str, Any]] = {
    "least": SECRET,
    "ingress": {
        **SECRET,
        "ingress": {"enabled": True, "host": "bot.example.com", "tlsSecret": "tls"},
    },
    "strict": {
        **SECRET,
        "review": {"environment": "prod", "failOn": "medium"},
        "worker": {"replicas": 5, "processes": 4},
        "imagePullSecrets": ["registry"],
        "networkPolicy": {"enabled": False},
    },
}
SECRETS = ("DATABASE_URL", "REDIS_URL", "GITHUB_WEBHOOK_SECRET", "GITHUB_APP_ID")


def render(values: dict[str, Any]) -> list[dict[str, Any]]:
    with helm.Chart.load(str(CHART)) as chart:
        texts = chart.render(values, name="try", namespace="bots")
    return [
        document
        for name, text in texts.items()
        if name.endswith(".yaml")
        for document in yaml.safe_load_all(text)
        if document
    ]


def pods(documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for document in documents:
        if document["kind"] in ("Deployment", "Job"):
            yield document["spec"]["template"]["spec"]


@pytest.mark.parametrize("name", SETS)
def test_kubernetes_accepts_every_manifest(name: str) -> None:
    documents = render(SETS[name])
    kinds = [document["kind"] for document in documents]
    assert kinds.count("Deployment") == 3
    assert ("Ingress" in kinds) == (name == "ingress")
    assert ("NetworkPolicy" in kinds) == (name != "strict")
    for document in documents:
        kubernetes_validate.validate(document, "1.34", strict=True)


def test_a_manifest_with_a_wrong_field_is_refused() -> None:
    document = next(d for d in render(SECRET) if d["kind"] == "Deployment")
    document["spec"]["replica"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, "1.34", strict=True)


def test_the_linter_has_nothing_to_say() -> None:
    found = helm.lint(str(CHART), values=SECRET)
    # Severity 1 is a hint: the chart has no icon on purpose.
    assert [one for one in found["messages"] if one["severity"] > 1] == []
    assert found["errors"] == []


def test_secrets_are_only_referred_to() -> None:
    for pod in pods(render(SECRET)):
        for container in pod["containers"]:
            by_name = {one["name"].removeprefix("LOCKSTITCH_"): one for one in container["env"]}
            for name in SECRETS:
                assert set(by_name[name]["valueFrom"]) == {"secretKeyRef"}


def test_without_a_secret_the_chart_says_what_to_do() -> None:
    with pytest.raises(helm.HelmError, match="existingSecret is empty"):
        render({})


def test_a_wrong_value_is_refused() -> None:
    with pytest.raises(helm.HelmError):
        render({**SECRET, "review": {"environment": "production"}})


def test_every_pod_is_confined_and_probed() -> None:
    documents = render(SECRET)
    for pod in pods(documents):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert "memory" in container["resources"]["limits"]
    for document in documents:
        if document["kind"] == "Deployment":
            for container in document["spec"]["template"]["spec"]["containers"]:
                assert "livenessProbe" in container


def test_every_value_has_its_sentence() -> None:
    lines = (CHART / "values.yaml").read_text().splitlines()
    keys = [n for n, line in enumerate(lines) if re.match(r"^(  )?[a-zA-Z]\w*:", line)]
    for number in keys:
        assert lines[number - 1].strip().startswith("#"), lines[number]
