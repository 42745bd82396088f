"""The link in a comment leads to the rule's page."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.web.rule_pages import create_blueprint
from bot.words import rule_link
from remediations.rule import rules


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("bot.web")
    app.register_blueprint(create_blueprint())
    return app.test_client()


def test_a_link_is_a_page(client: FlaskClient) -> None:
    link = re.fullmatch(
        r"\[s3-acl-public\]\(https://bot\.example(/rules/s3-acl-public)\)",
        rule_link("s3-acl-public", "https://bot.example"),
    )
    assert link is not None
    answer = client.get(link[1])
    assert answer.status_code == 200
    assert "<h1>s3-acl-public</h1>" in answer.text
    assert "<h2>Fix safety</h2>" in answer.text


def test_every_rule_has_one_and_nothing_else(client: FlaskClient) -> None:
    for rule in rules():
        assert client.get(f"/rules/{rule.id}").status_code == 200
    for wrong in ("nothing", "../settings", "s3-acl-public.md"):
        assert client.get(f"/rules/{wrong}").status_code == 404


def test_without_an_address_a_command_is_named() -> None:
    assert rule_link("s3-acl-public", "") == "`/lockstitch explain s3-acl-public`"
