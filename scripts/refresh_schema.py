"""Cuts remediations/schema/aws.jsonl anew from prebuilt provider packages of CDK for Terraform.

Each holds a ``.jsii`` assembly made from the provider's own schema (MPL-2.0). Run as
``python -m scripts.refresh_schema 3=5.0.52/…whl 4=…whl 5=…whl 6=…whl``: by major version of the
provider, the newest snapshot of each (its README says which major version it is of).
"""

from __future__ import annotations

import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

TARGET: Final = Path(__file__).parents[1] / "remediations" / "schema" / "aws.jsonl"
# The families that platforms for machine learning are built of; a rule may name any of these.
FAMILIES: Final = re.compile(
    r"aws_(s3_|s3control|s3tables|s3vectors|sagemaker_|bedrock|iam_|kms_|lambda_|cloudwatch_log|"
    r"cloudwatch_event|dynamodb_|sqs_|sns_|kinesis_|glue_|athena_|efs_|fsx_|opensearch|"
    r"elasticsearch|redshift|db_|rds_|docdb|neptune|instance$|launch_|ebs_|ami|security_group|vpc|"
    r"subnet|default_|flow_log|network_|nat_|internet_|route|ecs_|eks_|ecr|emr|batch_|"
    r"secretsmanager|ssm_|cloudtrail|cloudfront_|lb|alb|elb|api_gateway|apigatewayv2|msk|"
    r"elasticache|codebuild|codecommit|codeartifact|codepipeline|sfn|mwaa|transfer|mq_|comprehend|"
    r"kendra|lakeformation|memorydb|timestream|appsync|autoscaling|acm|workspaces_workspace|dax|"
    r"dms|backup_|cognito|config|guardduty|macie|xray|imagebuilder|appflow|datasync|prometheus|"
    r"keyspaces|storagegateway|scheduler|service_discovery|ses_|sesv2)"
)
_LINK: Final = re.compile(r"/(?:resources|r)/([a-z0-9_]+)#([a-z0-9_]+)")

Tree = dict[str, Any]


def merged(snapshots: Mapping[str, Tree]) -> Tree:
    """Arguments and blocks of all versions: ``name: spec`` or ``name: [spec, inside]``.

    A spec is a type, ``!`` where it is required, and ``@456`` where not every version has it.
    """
    every = "".join(sorted(snapshots))
    found: Tree = {}
    for name in sorted({name for tree in snapshots.values() for name in (*tree["a"], *tree["b"])}):
        specs: dict[str, str] = {}
        inside: dict[str, Tree] = {}
        for version, tree in sorted(snapshots.items()):
            if name in tree["a"] or name in tree["b"]:
                specs[version], within = _spec(tree, name)
                inside |= {version: within} if within else {}
        word = _word(specs, every)
        found[name] = [word, merged(inside)] if inside else word
    return found


def _spec(tree: Tree, name: str) -> tuple[str, Tree | None]:
    if name in tree["b"]:
        block = tree["b"][name]
        word = "blocks" if block["n"] == "many" else "block"
        return word + ("!" if block["req"] else ""), block
    held = tree["a"][name]
    if isinstance(held, str):
        return held, None
    word = "objects" if held["t"].startswith("array") else "object"
    return word + ("!" if held["req"] else ""), held["of"]


def _word(specs: Mapping[str, str], every: str) -> str:
    if len(set(specs.values())) == 1:
        versions = "".join(specs)
        return specs[versions[0]] + ("" if versions == every else f"@{versions}")
    held = dict.fromkeys(specs.values())
    return "|".join(f"{word}@{''.join(v for v in specs if specs[v] == word)}" for word in held)


def read_package(path: Path) -> dict[str, Tree]:
    """Every resource of one prebuilt package (a wheel), as arguments ``a`` and blocks ``b``."""
    with zipfile.ZipFile(path) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(wheel.read(name)), mode="r:gz") as archive:
            held = archive.extractfile("package/.jsii")
            assert held is not None
            types = json.load(held)["types"]
    return dict(_resources(types))


def _resources(types: Mapping[str, Any]) -> Iterator[tuple[str, Tree]]:
    for type in types.values():
        if "cdktf.TerraformMetaArguments" in type.get("interfaces", ()):
            links = [
                _LINK.search(json.dumps(p.get("docs", {}))) for p in type.get("properties", ())
            ]
            kinds = {f"aws_{link[1]}" for link in links if link}
            for kind in kinds:
                yield kind, _tree(type, types)


def _tree(type: Mapping[str, Any], types: Mapping[str, Any]) -> Tree:
    """Settable arguments only: the interface of a construct's configuration lists no others."""
    tree: Tree = {"a": {}, "b": {}}
    for property in type.get("properties", ()):
        docs = property.get("docs", {})
        link = _LINK.search(json.dumps(docs))
        if link is None:
            continue
        word, of = _type(property["type"])
        required = not property.get("optional", False)
        nested = types.get(of or "")
        if nested is None or nested["kind"] != "interface":
            tree["a"][link[2]] = word + ("!" if required else "")
        elif docs.get("summary", "").endswith(" block."):
            number = "many" if word.startswith("array") else "one"
            tree["b"][link[2]] = {**_tree(nested, types), "n": number, "req": required}
        else:
            tree["a"][link[2]] = {"of": _tree(nested, types), "req": required, "t": word}
    return tree


def _type(held: Mapping[str, Any]) -> tuple[str, str | None]:
    """The type as a word, and the interface it is made of, if it is."""
    if "primitive" in held:
        return held["primitive"], None
    if "collection" in held:
        inner, of = _type(held["collection"]["elementtype"])
        return f"{held['collection']['kind']}<{inner}>", of
    if "union" in held:
        found = [_type(one) for one in held["union"]["types"]]
        return next((one for one in found if one[0]), ("", None))
    if held.get("fqn", "").endswith("IResolvable"):
        return "", None
    return "obj", held.get("fqn")


def write(snapshots: Mapping[str, Mapping[str, Tree]]) -> None:
    """One line a resource, so that a diff shows what a new version brought."""
    kinds = sorted({kind for held in snapshots.values() for kind in held if FAMILIES.match(kind)})
    every = "".join(sorted(snapshots))
    lines = []
    for kind in kinds:
        held = {version: tree[kind] for version, tree in snapshots.items() if kind in tree}
        versions = "".join(sorted(held))
        word = "resource" + ("" if versions == every else f"@{versions}")
        lines.append(json.dumps([kind, word, merged(held)], separators=(",", ":")))
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Read the packages that are named, by major version, and write the file."""
    pairs = [argument.partition("=") for argument in arguments]
    write({version: read_package(Path(path)) for version, _, path in pairs})


if __name__ == "__main__":
    main(sys.argv[1:])
