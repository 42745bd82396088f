"""What looks like a credential, and what only sounds like one."""

from __future__ import annotations

import pytest

from remediations.credentials import has_shape, in_script, is_credential, is_named_so

# Made up here, letter by letter, so that no scanner takes this file for a leak.
_LETTERS = "qTz7Lw2Rk9Xv4Bn6Hs1Yd8Mf3Gc5Jp0Ax"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X", "AKIAIOSFODNN7EXAMPLE"),
        ("X", "hf_" + "a" * 34),
        ("X", "sk-proj-" + "a1B2" * 8),
        ("X", "ghp_" + "a1" * 18),
        ("X", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
        ("URL", "postgres://ml:hunter22@db/features"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("DB_PASSWORD", "hunter22"),
        ("DB_PASSWORD", "#!#!#!#!"),
        ("apiKey", "9f86d081884c7d65"),
        ("--api-key", "9f86d081884c7d65"),
        ("connectionString", "Server=db;Pwd=1234"),
        ("JWT_SECRET", "clave_super_segura"),
        ("TOKEN", "demo/hub7/token"),
        ("TOKEN", "wJalrXUtnFEMI/KxMDENG/bPxRfiCYEXAMPLEKEY"),
        ("TOKEN", "ABCDEFGHIJKLMNOP"),
    ],
)
def test_a_credential_is_seen(name: str, value: str) -> None:
    assert is_credential(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD", ""),
        ("PASSWORD", "changeme"),
        ("PASSWORD", "********"),
        ("API_KEY", "##########"),
        ("PASSWORD", "${DB_PASSWORD}"),
        ("PASSWORD", "{{resolve:secretsmanager:db}}"),
        ("TOKEN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x"),
        ("TOKEN", "/ml/hub/token"),
        ("TOKEN", "ml/hub/access-token"),
        ("TOKEN", "THIS_VALUE_IS_SET_BY_THE_PIPELINE"),
        ("API_KEY", "API_KEY"),
        ("API_KEY", "sample_key"),
        ("API_KEY", "placeholder"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "gcp_creds.json"),
        ("PRIVATE_KEY", "keys/hub-2024.pem"),
        ("MAX_TOKEN", "512"),
        ("TOKENIZER", "bert-base-uncased"),
        ("PASSWORD_SECRET_NAME", "prod/db/main"),
        ("API_KEY_ID", "9f86d081884c7d65"),
        ("SAGEMAKER_PROGRAM", "train.py"),
        ("URL", "https://example.org/a:b@c"),
        ("URL", "postgres://ml:${PASSWORD}@db/features"),
        ("URL", "https://example.org:8080/path"),
        ("IMAGE", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:" + "0" * 64),
        ("COMMIT", "0" * 40),
    ],
)
def test_what_only_sounds_like_one_is_left_alone(name: str, value: str) -> None:
    assert not is_credential(name, value)


@pytest.mark.parametrize("value", ["hf_" + _LETTERS, "ghp_" + _LETTERS, "sk-proj-x" + _LETTERS])
def test_an_x_in_a_token_makes_no_placeholder_of_it(value: str) -> None:
    assert has_shape(value)
    assert is_credential("TOKEN", value[:12])


@pytest.mark.parametrize(
    "value",
    [
        "hf_Xxxx",
        "hf_" + "x" * 34,
        "hf_...",
        "hf_",
        "hf_aaaa",
        "ghp_" + "X" * 36,
        "gho_" + "*" * 36,
        "github_pat_xxxx_xxxx",
        "glpat-" + "x" * 20,
        "xoxb-xxxxxxxxxxxx-xxxx",
        "sk-" + "x" * 48,
        "sk-ant-api03-xxxx",
        "sk-proj-…",
        "dapi" + "x" * 32,
        "AIza" + "x" * 35,
        "AKIA" + "X" * 16,
        "ASIA****************",
    ],
)
def test_the_beginning_of_a_token_and_nothing_behind_it_is_a_placeholder(value: str) -> None:
    assert not is_credential("TOKEN", value)
    assert not is_credential("X", value)
    assert list(in_script(f"export TOKEN={value}")) == []


def test_names_are_read_in_every_style() -> None:
    names = ("db_password", "DB_PASSWORD", "dbPassword", "/ml/db/password", "db-password")
    assert all(is_named_so(name) for name in names)
    assert not any(is_named_so(name) for name in ("compass", "passage", "tokens", "password_file"))


def test_a_script_tells_the_names_and_never_the_values() -> None:
    script = "#!/bin/bash\nexport DB_PASSWORD='hunter22'\nX=$TOKEN\nAPI_KEY=$(aws s)\nN=1\n"
    assert list(in_script(script)) == ["DB_PASSWORD"]
    assert list(in_script("echo AKIAIOSFODNN7EXAMPLE")) == [""]
