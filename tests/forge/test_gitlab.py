"""The GitLab adapter says in its own words what GitLab said, and follows nobody elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from bot.forge.errors import ForgeError, Gone, Incomplete, RateLimited, Refused, Unreachable
from bot.forge.gitlab import GitLab
from bot.forge.gitlab_api import GitLabAccess
from bot.forge.port import PullRef
from bot.sandbox.gitlab_forge import GitLabForge
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Pull, Repo

REF = PullRef("gitlab", "acme/deep/ml", 1)
FILES: dict[str, bytes | None] = {
    "main.tf": b"# one\n",
    "bom.tf": b"\xef\xbb\xbf# two\n",
    "latin.tf": b"# caf\xe9\n",
    "binary.tf": b"\0\1",
    "large.tf": b"# " + b"x" * 600_000 + b"\n",
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    started = Sandbox.start(tmp_path_factory.mktemp("gitlab"), kind="gitlab")
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def opened(sandbox: Sandbox) -> tuple[Repo, Pull]:
    forge = sandbox.forge
    repo = forge.create_repository(REF.repository, {"dana": "write", "eve": "read"})
    forge.push(repo, "main", {"a.tf": b"# a\n"}, "Base", "dana")
    repo.git.branch("change", repo.git.head("main"))
    forge.push(repo, "change", FILES, "Change", "dana")
    return repo, forge.open_pull(repo, "main", "change", "A change", "dana")


@pytest.fixture
def adapter(sandbox: Sandbox, opened: tuple[Repo, Pull]) -> GitLab:
    return GitLab(GitLabAccess(sandbox.url, sandbox.token), REF.repository)


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (401, {}, Refused),
        (403, {}, Refused),
        (404, {}, Gone),
        (429, {"Retry-After": "7"}, RateLimited),
        (500, {}, Unreachable),
        (503, {}, Unreachable),
        (302, {"Location": "http://127.0.0.1:9/elsewhere"}, Refused),
    ],
)
def test_each_answer_has_its_error(
    sandbox: Sandbox,
    adapter: GitLab,
    status: int,
    headers: dict[str, str],
    error: type[ForgeError],
) -> None:
    sandbox.forge.fail_next(status=status, headers=headers)
    with pytest.raises(error) as raised:
        adapter.pull_request(REF)
    assert sandbox.token not in str(raised.value)
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_after == 7.0


def test_a_host_that_is_not_there_is_unreachable() -> None:
    adapter = GitLab(GitLabAccess("http://127.0.0.1:9", "t"), REF.repository)
    with pytest.raises(Unreachable):
        adapter.pull_request(REF)


def certificate(directory: Path) -> tuple[Path, Path]:
    """A certificate for this machine that only itself vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = directory / "ca.pem", directory / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return chain, private


def test_a_certificate_of_ones_own_is_trusted_only_where_it_is_named(
    sandbox: Sandbox, opened: tuple[Repo, Pull], tmp_path: Path
) -> None:
    chain, key = certificate(tmp_path)
    server = make_server(
        "127.0.0.1", 0, sandbox.app, threaded=True, ssl_context=(str(chain), str(key))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    access = GitLabAccess(f"https://localhost:{server.server_port}", sandbox.token)
    try:
        with pytest.raises(Unreachable, match="SSLError"):
            GitLab(access, REF.repository).pull_request(REF)
        named = replace(access, ca_file=chain)
        assert GitLab(named, REF.repository).pull_request(REF).head_sha == opened[1].head_sha
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
    with pytest.raises(Refused, match=r"missing\.pem"):
        GitLab(replace(access, ca_file=tmp_path / "missing.pem"), REF.repository).pull_request(REF)


def test_files_come_byte_for_byte_and_what_is_no_text_does_not(adapter: GitLab) -> None:
    pull = adapter.pull_request(REF)
    listing = adapter.list_files(REF.repository, pull.head_sha)
    assert listing.is_complete
    names = {entry.oid: entry.path for entry in listing.entries}
    blobs = adapter.read_blobs(REF.repository, names)
    found = {names[oid]: data for oid, data in blobs.items()}
    assert found == {
        "a.tf": b"# a\n",
        **{name: FILES[name] for name in ("main.tf", "bom.tf", "latin.tf")},
    }
    before = adapter.api.count
    adapter.read_blobs(REF.repository, [oid for oid in names if oid in blobs])
    assert adapter.api.count == before, "contents are kept by their id"


def test_requests_do_not_grow_with_the_number_of_files(sandbox: Sandbox) -> None:
    forge = sandbox.forge
    repo = forge.create_repository("acme/many", {})
    files: dict[str, bytes | None] = {f"m{n}/main.tf": f"# {n}\n".encode() for n in range(120)}
    head = forge.push(repo, "main", files, "Many", "dana")
    adapter = GitLab(GitLabAccess(sandbox.url, sandbox.token), "acme/many")
    entries = adapter.list_files("acme/many", head).entries
    assert len(entries) == 120
    assert len(adapter.read_blobs("acme/many", [entry.oid for entry in entries])) == 120
    # Three pages of names (folders count), and sizes and contents of fifty files at a time.
    assert adapter.api.count == 3 + 2 * 3


def test_a_diff_that_gitlab_cuts_is_not_taken_for_whole(
    adapter: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull = adapter.pull_request(REF)
    monkeypatch.setitem(adapter._seen[pull.head_sha], "changes_count", "1000+")
    with pytest.raises(Incomplete):
        adapter.changed_files(pull)


@pytest.mark.parametrize(
    ("login", "may"), [("dana", True), ("eve", False), ("nobody", False), ("dan", False)]
)
def test_developers_may_write(adapter: GitLab, login: str, *, may: bool) -> None:
    assert adapter.may_write(REF.repository, login) is may


def test_eyes_are_put_on_a_note_once(
    sandbox: Sandbox, adapter: GitLab, opened: tuple[Repo, Pull]
) -> None:
    assert isinstance(sandbox.forge, GitLabForge)
    note = sandbox.forge.comment(*opened, "dana", "Hello")
    for _ in range(2):
        adapter.acknowledge(REF, note.id, inline=False)
    assert note.reactions == [(sandbox.forge.bot, "eyes")]


def test_a_summary_is_one_note(adapter: GitLab, opened: tuple[Repo, Pull]) -> None:
    _, pull = opened
    seen = adapter.pull_request(REF)
    adapter.ensure_summary(seen, "nothing yet", begins=False)
    assert not any("nothing yet" in one.body for one in pull.conversation.values())
    for words in ("one", "two", "two"):
        adapter.ensure_summary(seen, words, begins=True)
    (note,) = [one for one in pull.conversation.values() if "summary" in one.body]
    assert (note.body.splitlines()[-1], note.edits) == ("two", 1)


def large(sandbox: Sandbox, name: str) -> tuple[Repo, Pull]:
    """A merge request on a repository that takes several requests to list."""
    forge = sandbox.forge
    repo = forge.create_repository(f"acme/{name}", {"dana": "write"})
    held = {f"m{n}/main.tf": f"# {n}\n".encode() for n in range(310)}
    forge.push(repo, "main", {**held, "kept.tf": b"# kept\n", "old.tf": b"# old\n"}, "Base", "dana")
    repo.git.branch("change", repo.git.head("main"))
    changed = {"m1/main.tf": b"# more\n", "m2/main.tf": None, "m1-b/new.tf": b"# new\n"}
    renamed = {"old.tf": None, "new.tf": b"# old\n"}
    forge.push(repo, "change", {**changed, **renamed}, "Change", "dana")
    return repo, forge.open_pull(repo, "main", "change", "A change", "dana")


def plumbed(repo: Repo, line: str) -> None:
    """The head with one more entry, which no push could make."""
    git, head = repo.git, repo.git.head("change")
    index = {"GIT_INDEX_FILE": str(git.directory / "scratch-index")}
    git.git("read-tree", head, extra=index)
    git.git("update-index", "--index-info", stdin=line.encode(), extra=index)
    tree = git.git("write-tree", extra=index).decode().strip()
    who = {f"GIT_{r}_{f}": "x" for r in ("AUTHOR", "COMMITTER") for f in ("NAME", "EMAIL")}
    made = git.git("commit-tree", tree, "-p", head, stdin=b"m", extra=who).decode().strip()
    git.branch("change", made)


@pytest.mark.parametrize(
    ("name", "line", "requests"),
    [
        ("plain", "", 1),
        ("executable", "100755 {blob}\tm3/main.tf\n", 1),
        ("link", "120000 {blob}\tlink.tf\n", 1),
        ("submodule", f"160000 {'a' * 40}\tsub\n", 8),
    ],
)
def test_the_head_of_a_large_repository_is_the_base_and_its_diff(
    sandbox: Sandbox, name: str, line: str, requests: int
) -> None:
    repo, pull = large(sandbox, name)
    if line:
        blob = repo.git.git("hash-object", "-w", "--stdin", stdin=b"x").decode().strip()
        plumbed(repo, line.format(blob=blob))
        sandbox.forge.moved(repo, "change", "dana")
    access = GitLabAccess(sandbox.url, sandbox.token)
    adapter, other = GitLab(access, repo.name), GitLab(access, repo.name)
    seen = adapter.pull_request(PullRef("gitlab", repo.name, pull.number))
    adapter.changed_files(seen)
    adapter.list_files(repo.name, adapter.merge_base(seen))
    before = adapter.api.count
    assert adapter.list_files(repo.name, pull.head_sha) == other.list_files(
        repo.name, pull.head_sha
    )
    assert adapter.api.count - before == requests
    assert adapter.list_files(repo.name, pull.head_sha).is_complete


@pytest.mark.parametrize(("most", "is_complete"), [(400, False), (700, True)])
def test_a_list_that_does_not_end_is_told_so(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, most: int, *, is_complete: bool
) -> None:
    monkeypatch.setattr("bot.forge.gitlab_files.MAX_ENTRIES", most)
    repo, pull = large(sandbox, f"to-{most}")
    adapter = GitLab(GitLabAccess(sandbox.url, sandbox.token), repo.name)
    adapter.changed_files(adapter.pull_request(PullRef("gitlab", repo.name, pull.number)))
    assert adapter.list_files(repo.name, pull.head_sha).is_complete is is_complete


def test_a_gitlab_below_a_path_is_reached_there(
    sandbox: Sandbox, opened: tuple[Repo, Pull]
) -> None:
    """https://docs.gitlab.com/install/relative_url/"""
    below = DispatcherMiddleware(NotFound(), {"/gitlab": sandbox.app})
    server = make_server("127.0.0.1", 0, below, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    access = GitLabAccess(f"http://127.0.0.1:{server.server_port}/gitlab", sandbox.token)
    adapter = GitLab(access, REF.repository)
    try:
        pull = adapter.pull_request(REF)
        assert pull.head_sha == opened[1].head_sha
        listing = adapter.list_files(REF.repository, pull.head_sha)
        assert adapter.read_blobs(REF.repository, [one.oid for one in listing.entries])
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
