"""Whatever a name holds, Markdown made from it is words and code."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.markdown import code, fenced, prose
from bot.redaction import HIDDEN, holds_secret, redacted

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What GitHub makes links of on its own, outside code.
AUTOMATIC = re.compile(
    r"@\w|#\d|\bGH-\d|https?://|ftp://|www\.|[\w.]@[\w-]+\.|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b|<!--",
    re.IGNORECASE,
)
NASTY = st.sampled_from(
    [
        "`",
        "``",
        "```",
        "~~~",
        "\\",
        "*",
        "_",
        "[a](http://x.y)",
        "![i](//x)",
        "<b>",
        "<!--",
        "-->",
        "@acme/ops",
        "@octocat",
        "#12",
        "GH-7",
        "acme/x#3",
        "https://evil.example/",
        "www.evil.example",
        "a@b.example",
        "\n",
        "\n\n",
        "\r",
        "# h",
        "- l",
        "1. l",
        "1.",
        "> q",
        "|",
        "---",
        "===",
        "&lt;",
        "&#64;",
        "$x$",
        "\u202e",
        "\u200b",
        "\x00",
        "\t",
        "    ",
        " ",
        "word",
        "it's",
        "(a)",
        "1234567",
        "</details>",
        "[^1]",
        ":x:",
        "{{ a }}",
        "{% raw %}",
        ")",
        "é",
        "\uff5e",
        "\uff20x",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(NASTY, max_size=12).map("".join))


def nodes(markdown: str) -> list[tuple[str, str]]:
    """Type and content of everything in the one paragraph; a second block fails."""
    tokens = READER.parse(markdown)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    return [(child.type, child.content) for child in tokens[1].children or []]


@settings(max_examples=2_000, deadline=None)
@given(TEXTS)
@example("0000000/0")
def test_prose_is_words_and_code_only(text: str) -> None:
    for kind, content in nodes(f"{prose(text)} end"):
        assert kind in ("text", "code_inline")
        assert kind == "code_inline" or not AUTOMATIC.search(content)


@settings(max_examples=1_000, deadline=None)
@given(TEXTS)
def test_prose_can_stand_inside_a_sentence_and_a_list(text: str) -> None:
    kinds = [kind for kind, _ in nodes(f"Before {prose(text)}, after.")]
    assert set(kinds) <= {"text", "code_inline"}
    assert [t.type for t in READER.parse(f"- {prose(text)} x")].count("list_item_open") == 1


@settings(max_examples=2_000, deadline=None)
@given(TEXTS)
def test_code_is_one_span_that_keeps_every_word(text: str) -> None:
    found = nodes(f"x {code(text)} y")
    assert [kind for kind, _ in found] == (["text", "code_inline", "text"] if text else ["text"])


@settings(max_examples=1_000, deadline=None)
@given(TEXTS)
def test_code_stays_in_its_cell(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {code(text)} | {prose(text)} |\n"
    tokens = READER.parse(table)
    assert [token.type for token in tokens].count("td_open") == 2
    cells = [token for token in tokens if token.type == "inline"][2:]
    kinds = {child.type for cell in cells for child in cell.children or []}
    assert kinds <= {"text", "code_inline"}


@settings(max_examples=1_000, deadline=None)
@given(st.lists(NASTY, max_size=12).map("".join))
def test_a_fence_holds_everything(text: str) -> None:
    tokens = READER.parse(f"{fenced(text.replace(chr(13), '').replace(chr(0), ''), 'diff')}\n\nx")
    assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]


def test_prose_keeps_what_a_rule_wrote() -> None:
    text = "`block_public_acls` is off, so anyone who may write can make an object public."
    assert prose(text) == text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("s3:GetObject on *, every bucket.", "`s3:GetObject` on `*`, every bucket."),
        ("see @acme/ops and #12", "see `@acme/ops` and `#12`"),
        ("1. first", "1\\. first"),
        ("`a`*`b`", "`a` `*` `b`"),
        ("a `b", "a `` `b ``"),
        ("one\n\ntwo\u202e", "one `two\\u{202e}`"),
        ("", ""),
    ],
)
def test_prose_word_for_word(text: str, markdown: str) -> None:
    assert prose(text) == markdown


@pytest.mark.parametrize(
    ("name", "markdown"),
    [
        ("aws_s3_bucket.training", "`aws_s3_bucket.training`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("a|b", "`a\\u{7c}b`"),
        ("a\r\nb\x00", "`a b\\u{0}`"),
        ("x" * 300, "`" + "x" * 199 + "…`"),
    ],
)
def test_code_word_for_word(name: str, markdown: str) -> None:
    assert code(name) == markdown


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "Q3EXAMPLE7KEY9AB",
        "ghp_" + "a1B2" * 9,
        'password = "hunter2!"',
        "db_password: 'correct horse'",
        '"client_secret": "zzzzyyyyxxxx"',
        "postgres://admin:s3cr3t@db.example/x",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY",
    ],
)
def test_secrets_are_hidden_wherever_words_are_made(secret: str) -> None:
    assert HIDDEN in redacted(f"value {secret} here")
    for made in (code(secret), prose(secret)):
        assert "hunter2" not in made
        assert "EXAMPLE" not in made
        assert "hidden" in made


@pytest.mark.parametrize(
    "text",
    [
        "secret_arn = aws_secretsmanager_secret.db.arn",
        'token = "${var.token}"',
        "arn:aws:s3:::acme-training/models/2026/fraud/model.tar.gz",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "aws_s3_bucket_server_side_encryption_configuration.training",
        'kms_key_id = "alias/aws/s3"',
    ],
)
def test_ordinary_terraform_is_no_secret(text: str) -> None:
    assert not holds_secret(text)
