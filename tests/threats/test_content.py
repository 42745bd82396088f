"""Whatever a pull request may hold: names, texts, links, bombs, and configuration of its own."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bot import change
from bot.backlog import Backlog
from bot.config_reader import parse as read_config
from bot.database import migrate, open_database
from bot.deliveries import Delivery, Wish
from bot.forge.errors import Incomplete
from bot.inbox import MAX_ATTEMPTS, Inbox
from bot.repo_config import ConfigError
from bot.review import offer_of
from remediations.terraform.files import READ
from remediations.terraform.grammar import Grammar
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN
from tests.review.test_markdown import AUTOMATIC
from tests.review.trees import Trees, pull_request
from tests.terraform.test_hostile import HOSTILE
from tests.threats.conftest import Canary

ROOT = Path(__file__).parents[2]
PRODUCT = sorted(p for top in ("bot", "remediations") for p in (ROOT / top).rglob("*.py"))


def test_threat_06_addresses_inside_terraform(journey: Journey, canary: Canary) -> None:
    text = f"""\
module "a" {{
  source = "{canary.url}/module.zip"
}}
module "b" {{
  source = "git::{canary.url}/module.git?ref=main"
}}
data "http" "c" {{
  url = "{canary.url}/data"
}}
data "terraform_remote_state" "d" {{
  backend = "http"
  config  = {{ address = "{canary.url}/state" }}
}}
"""
    pull = journey.open({"main.tf": BUCKET}, {"main.tf": text + BUCKET + OPEN})
    assert journey.check(pull).conclusion == "failure"
    assert canary.visits == []


def test_threat_07_a_policy_that_the_pull_request_brings(journey: Journey) -> None:
    config = "fail_on: critical\non_error: neutral\nrules:\n  s3-public-access-block-off: off\n"
    head = {"main.tf": BUCKET + OPEN, ".lockstitch.yml": config, ".lockstitch.yaml": config}
    pull = journey.open({"main.tf": BUCKET + BLOCK}, head)
    assert journey.check(pull).conclusion == "failure"


def test_threat_08_a_scanner_that_obeys_the_pull_request(journey: Journey) -> None:
    """Surface absent: no program is run on a change, and only three rooms run one at all."""
    runners = {
        path.relative_to(ROOT).as_posix()
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {"subprocess", "pty", "multiprocessing"}
        & {getattr(node, "module", None), *(name.name for name in node.names)}
    }
    assert runners == {"bot/isolation.py", "bot/sandbox/repository.py"}
    planted = {
        ".checkov.yaml": "external-checks-dir: [evil]\n",
        ".tflint.hcl": 'plugin "evil" {\n  enabled = true\n  source = "./evil"\n}\n',
        "evil/__init__.py": f"open({str(journey.repo.git.directory / 'ran')!r}, 'w')\n",
        ".terraformrc": "provider_installation {}\n",
        "main.tf": BUCKET + OPEN,
    }
    pull = journey.open({"main.tf": BUCKET + BLOCK}, planted)
    assert journey.check(pull).conclusion == "failure"
    assert not (journey.repo.git.directory / "ran").exists()


def test_threat_09_texts_that_hurt_their_reader(journey: Journey) -> None:
    chosen = (
        "deep lists",
        "deep templates",
        "a long sum",
        "an unterminated heredoc",
        "many blank lines",
        "a long exponent",
    )
    head = {f"bomb_{n}.tf": HOSTILE[name] for n, name in enumerate(chosen)}
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {**head, "main.tf": BUCKET + OPEN})
    check = journey.check(pull)
    assert check.conclusion == "failure"
    assert "bomb_0.tf" in check.output["summary"] + check.output.get("text", "")
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    for bomb in ("\n".join(lines), "[" * 50_000, "a: !!python/object/apply:os.system [id]"):
        with pytest.raises(ConfigError):
            read_config(bomb.encode())
    # CloudFormation's part is absent: no template is read.
    read = {suffix.removesuffix(".json") for suffix in READ}
    assert read == {".tf", ".tofu", ".tfvars", ".terraform.lock.hcl"}


def test_threat_10_work_that_kills_its_worker(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    inbox = Inbox(open_database(url))
    inbox.accept(Delivery("poison", "pull_request", "opened", Wish("acme/ml", 1)))
    code = (
        "import os, sys; from bot.database import open_database; from bot.inbox import Inbox; "
        "from bot.dispatch import run_one; inbox = Inbox(open_database(sys.argv[1])); "
        "inbox.void_leases(); item = inbox.lease(); "
        "run_one(inbox, item, lambda _: os.kill(os.getpid(), 9), lambda *_: print('concluded'))"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    ends = []
    for _ in range(MAX_ATTEMPTS + 1):
        run = subprocess.run(
            [sys.executable, "-c", code, url], env=environment, capture_output=True, check=False
        )
        ends.append((run.returncode, run.stdout.strip()))
    assert ends == [(-signal.SIGKILL, b"")] * MAX_ATTEMPTS + [(0, b"concluded")]
    assert len(Backlog(inbox.engine).dead()) == 1
    inbox.engine.dispose()


def test_threat_11_paths_that_lead_elsewhere(tmp_path: Path) -> None:
    names = (
        "../up.tf",
        "/etc/x.tf",
        "a/../../b.tf",
        "a//b.tf",
        ".git/hooks.tf",
        "new\nline.tf",
        "car\rriage.tf",
        "nul\x00.tf",
        "back\\slash.tf",
        "right\u202eft.tf",
    )
    head = dict.fromkeys(names, BUCKET) | {"link.tf": "/etc/passwd", "sub.tf": "x"}
    lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    modes = {"link.tf": "120000", "sub.tf": "160000"}
    read = change.read_change(Trees({}, head | {"lfs.tf": lfs}, modes), pull_request())
    assert read.head == {}
    assert {note.path for note in read.skipped} == {*head, "lfs.tf"}
    assert all(note.blocking for note in read.skipped)
    writers = re.compile(r"\.write_(text|bytes)\(|(?<!\.)(?<!def )\bopen\(")
    for path in (ROOT / "bot").glob("*.py"):
        allowed = 1 if path.name in ("confinement.py", "workspace.py") else 0
        assert len(writers.findall(path.read_text())) <= allowed, path


@pytest.mark.parametrize("branch", ["--upload-pack=touch", "a;touch${IFS}x", "$(id)", "-c"])
def test_threat_12_names_that_are_options(journey: Journey, branch: str) -> None:
    forge, git = journey.sandbox.forge, journey.repo.git
    first = forge.push(journey.repo, "main", {"main.tf": (BUCKET + BLOCK).encode()}, "B", "dana")
    git.git("update-ref", f"refs/heads/{branch}", first)
    forge.push(journey.repo, branch, {"main.tf": (BUCKET + OPEN).encode()}, "H", "dana")
    pull = forge.open_pull(journey.repo, "main", branch, "--exec=id", "dana")
    assert journey.check(pull).conclusion == "failure"
    (comment,) = journey.comments(pull)
    forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: pull.head_sha != comment.commit, "the commit")
    assert journey.check(pull).conclusion == "success"


HOSTILE_NAMES = (
    "@acme/ops",
    "[click](https://evil.example)",
    "![i](https://evil.example/i.png)",
    "<img src=x onerror=alert(1)>",
    "<!-- lockstitch:summary -->",
    "www.evil.example #12",
    "```` x",
)


def test_threat_13_names_that_mention_link_or_format(journey: Journey) -> None:
    head = {
        f"{number}.tf": f'resource "aws_s3_bucket_public_access_block" "{name}" {{\n'
        "  bucket = aws_s3_bucket.data.id\n  block_public_acls = false\n"
        "  block_public_policy = true\n  ignore_public_acls = true\n"
        "  restrict_public_buckets = true\n}\n"
        for number, name in enumerate(HOSTILE_NAMES)
    }
    pull = journey.open({"main.tf": BUCKET}, head)
    check = journey.check(pull)
    bodies = [comment.body for comment in journey.comments(pull)]
    bodies += [one.body for one in pull.conversation.values()]
    bodies += [check.output["summary"], check.output.get("text") or ""]
    assert len(bodies) > len(HOSTILE_NAMES)
    for body in bodies:
        assert "evil" not in spoken(body), body
        assert not AUTOMATIC.search(spoken(body).replace("https://docs.", "")), body


def spoken(body: str) -> str:
    """What a reader of Markdown sees outside code; links and raw HTML by their source."""
    found = []
    for token in MarkdownIt("commonmark").enable("table").parse(re.sub(r"<!--.*?-->", "", body)):
        for child in token.children or []:
            if child.type in ("link_open", "image"):
                found.append(str(child.attrs))
            elif child.type != "code_inline":
                found.append(child.content)
    return " ".join(found)


WILD = "  # ``` ```` <!-- --> \\ $& {{ x }} ```suggestion"
BETWEEN = "/*\n```\n````\n~~~\n-->\n*/\n"


@pytest.mark.parametrize(("newline", "offer"), [("\n", "suggestion"), ("\r\n", "commit")])
def test_threat_14_content_that_breaks_a_suggestion(
    journey: Journey, newline: str, offer: str
) -> None:
    """On the lines that are mended and on those between them, which the suggestion repeats."""
    before = (BUCKET + BLOCK).replace("= true\n", f"= true {WILD}\n{BETWEEN}", 1)
    before = before.replace("\n", newline)
    wild = before.replace("bucket                  = ", "bucket = ").replace("true", "false", 2)
    pull = journey.open({"main.tf": before}, {"main.tf": wild})
    journey.check(pull)
    (comment,) = journey.comments(pull)
    assert offer_of(comment.body) == offer
    if offer == "suggestion":
        journey.sandbox.forge.apply_suggestion(journey.repo, pull, comment.id, "dana")
    else:
        journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
        journey.until(lambda: pull.head_sha != comment.commit, "the commit")
    assert journey.file(pull, "main.tf") == wild.replace("false", "true")
    assert journey.check(pull).conclusion == "success"


def test_threat_15_a_fix_that_does_more_than_it_says(journey: Journey) -> None:
    """Whatever stands around it: the finding is closed and every other byte stays."""
    around = 'locals {\n  policy = "block_public_acls = false" # restrict\t\n}\n\n\n'
    pull = journey.open(
        {"main.tf": around + BUCKET + BLOCK}, {"main.tf": around + BUCKET + OPEN + around * 2}
    )
    journey.check(pull)
    before = pull.head_sha
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: pull.head_sha != before, "the commit")
    assert journey.file(pull, "main.tf") == around + BUCKET + BLOCK + around * 2
    assert journey.check(pull).conclusion == "success"


def test_threat_26_a_change_too_large_to_be_seen_whole(journey: Journey) -> None:
    many = {f"notes/{number}.txt": "x\n" for number in range(3_500)}
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {**many, "zz.tf": BUCKET + OPEN})
    check = journey.check(pull)
    assert check.conclusion == "failure"
    assert check.output["title"] == "Could not review"
    assert "3000 files or more" in check.output["summary"]
    with pytest.raises(Incomplete, match="cut the list"):
        change.read_change(Trees({"a.tf": "1"}, {"a.tf": "2"}, is_complete=False), pull_request())


def test_threat_29_characters_that_hide(journey: Journey, grammar: Grammar) -> None:
    hidden = BUCKET.replace("acme-data", "acme-\u202edata\u2066") + OPEN
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": hidden})
    check = journey.check(pull)
    assert check.conclusion == "failure"
    said = check.output["summary"] + (check.output.get("text") or "")
    assert "main.tf" in said
    assert "characters that change the direction" in said
    for comment in journey.comments(pull):
        assert not set("\u202e\u2066") & set(comment.body)


def test_threat_30_a_comment_that_silences(journey: Journey) -> None:
    """Surface absent: what stands in a file silences nothing."""
    words = ("lockstitch:ignore s3-public-access-block-off", "checkov:skip=CKV_AWS_53", "nosec")
    silenced = "".join(f"# {word}\n" for word in words) + OPEN
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + silenced})
    assert journey.check(pull).conclusion == "failure"
