"""The chart, rendered by Helm's own engine and held against Kubernetes' own schemas."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python as helm
import kubernetes_validate
import pytest
import yaml

from bot.pulse import beat
from bot.settings import PREFIX, VARIABLES, Settings

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
    "gitlab": {
        **SECRET,
        "github": {"enabled": False},
        "gitlab": {"enabled": True, "url": "https://gitlab.example.com"},
        "review": {"url": "https://bot.example.com"},
    },
    "measured": {**SECRET, "metrics": {"enabled": True, "serviceMonitor": True}},
}
UNKNOWN = ("ServiceMonitor",)
"""Kinds that Kubernetes itself does not know."""


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
        if document["kind"] not in UNKNOWN:
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


def test_each_pod_sees_only_the_secrets_it_needs() -> None:
    seen = {
        pod["containers"][0]["name"]: {
            one["name"].removeprefix("LOCKSTITCH_"): one["valueFrom"]
            for one in pod["containers"][0]["env"]
            if "valueFrom" in one
        }
        for pod in pods(render(SECRET))
    }
    shared = {"DATABASE_URL", "REDIS_URL"}
    assert {name: set(held) for name, held in seen.items()} == {
        "web": shared | {"GITHUB_WEBHOOK_SECRET"},
        "worker": shared | {"GITHUB_APP_ID"},
        "sweeper": shared | {"GITHUB_APP_ID"},
        "migrate": {"DATABASE_URL"},
    }
    for held in seen.values():
        for source in held.values():
            assert set(source) == {"secretKeyRef"}
    mounts = {pod["containers"][0]["name"]: str(pod["volumes"]) for pod in pods(render(SECRET))}
    assert [name for name, text in mounts.items() if "private-key" in text] == ["worker", "sweeper"]


def test_with_gitlab_alone_nothing_of_github_is_held() -> None:
    seen = {
        pod["containers"][0]["name"]: {one["name"] for one in pod["containers"][0]["env"]}
        for pod in pods(render(SETS["gitlab"]))
    }
    assert not any("GITHUB" in name for names in seen.values() for name in names)
    assert {name for name, names in seen.items() if "LOCKSTITCH_GITLAB_TOKEN" in names} == {
        "worker",
        "sweeper",
    }
    assert {
        name for name, names in seen.items() if "LOCKSTITCH_GITLAB_WEBHOOK_SECRET" in names
    } == {"web"}
    assert "private-key" not in str(render(SETS["gitlab"]))


def test_an_oauth_application_stands_in_for_the_token() -> None:
    oauth = {"applicationId": "abc", "redirectUri": "https://bot.example.com"}
    gitlab = {**SETS["gitlab"]["gitlab"], "oauth": oauth}
    seen = {
        pod["containers"][0]["name"]: {one["name"] for one in pod["containers"][0]["env"]}
        for pod in pods(render({**SETS["gitlab"], "gitlab": gitlab}))
    }
    assert not any("LOCKSTITCH_GITLAB_TOKEN" in names for names in seen.values())
    kept = "LOCKSTITCH_GITLAB_OAUTH_REFRESH_TOKEN"
    assert {name for name, names in seen.items() if kept in names} == {"worker", "sweeper"}


def test_without_a_forge_the_chart_says_what_to_do() -> None:
    with pytest.raises(helm.HelmError, match="no forge"):
        render({**SECRET, "github": {"enabled": False}})


@pytest.mark.parametrize("name", SETS)
def test_every_variable_is_a_setting(name: str) -> None:
    known = {PREFIX + variable.name for variable in VARIABLES} | {"PROMETHEUS_MULTIPROC_DIR"}
    for pod in pods(render(SETS[name])):
        for one in pod["containers"][0]["env"]:
            assert one["name"].removesuffix("_FILE") in known, one["name"]


def test_prometheus_reads_every_process_with_the_operators_token() -> None:
    documents = render(SETS["measured"])
    (monitor,) = (one for one in documents if one["kind"] == "ServiceMonitor")
    expression = monitor["spec"]["selector"]["matchExpressions"][0]
    ports = {
        one["port"]: one["authorization"]["credentials"] for one in monitor["spec"]["endpoints"]
    }
    services = {
        port["name"]: one["spec"]["selector"]
        for one in documents
        if one["kind"] == "Service"
        and one["metadata"]["labels"].get(expression["key"]) in expression["values"]
        for port in one["spec"]["ports"]
    }
    assert set(services) == set(ports) == {"http", "figures"}
    assert {str(held) for held in ports.values()} == {
        str({"name": "lockstitch", "key": "operator-token"})
    }
    found = set()
    for one in documents:
        if one["kind"] != "Deployment":
            continue
        template = one["spec"]["template"]
        (container,) = template["spec"]["containers"]
        for port in container["ports"]:
            wanted = services[port["name"]].items()
            assert wanted <= template["metadata"]["labels"].items()
            found.add(container["name"])
        assert "LOCKSTITCH_OPERATOR_TOKEN" in {held["name"] for held in container["env"]}
    assert found == {"web", "worker", "sweeper"}


def test_without_prometheus_nobody_holds_the_operators_token() -> None:
    assert "operator-token" not in str(render(SECRET))


def test_the_schema_is_there_before_the_pods_that_need_it() -> None:
    (job,) = (document for document in render(SECRET) if document["kind"] == "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    # A hook runs before the account is made.
    assert "serviceAccountName" not in job["spec"]["template"]["spec"]


def test_only_the_web_can_be_reached() -> None:
    policies = [one for one in render(SECRET) if one["kind"] == "NetworkPolicy"]
    everyone, web = sorted(policies, key=lambda one: len(one["spec"]["podSelector"]["matchLabels"]))
    assert everyone["spec"]["ingress"] == []
    assert web["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == "web"
    assert web["spec"]["ingress"] == [{"ports": [{"port": 8080, "protocol": "TCP"}]}]


@pytest.mark.parametrize("name", ["worker", "sweeper"])
def test_a_probe_asks_for_the_file_that_the_loop_touches(name: str, tmp_path: Path) -> None:
    (probe,) = (
        pod["containers"][0]["livenessProbe"]["exec"]["command"]
        for pod in pods(render(SECRET))
        if pod["containers"][0]["name"] == name
    )
    pulse = Settings.from_environment({"LOCKSTITCH_DATA_DIR": "/tmp"}).pulse(name)
    assert str(pulse) in probe[-1]
    here = tmp_path / pulse.name
    asked = [sys.executable, *probe[1:-1], probe[-1].replace(str(pulse), str(here))]
    assert subprocess.run(asked, check=False, stderr=subprocess.DEVNULL).returncode == 1
    beat(here)
    assert subprocess.run(asked, check=False).returncode == 0
    os.utime(here, (time.time() - 400, time.time() - 400))
    assert subprocess.run(asked, check=False).returncode == 1


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
