"""What is read of a pull request, and what is named instead."""

from __future__ import annotations

import pytest

from bot.bounds import MAX_FILES, MAX_TOTAL_BYTES, is_ordinary
from bot.change import Change, read_change
from bot.engine import LocalEngine, Texts
from bot.forge.errors import Incomplete
from bot.forge.port import Listing
from remediations.model import NotAnalysed, Profile
from remediations.source import MAX_BYTES, SourceFile
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Document
from remediations.terraform.tree import parse
from remediations.terraform.unread import Needed

from .trees import SUBMODULE, SYMLINK, Trees, oid, pull_request

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"


def change_of(trees: Trees) -> Change:
    return read_change(trees, pull_request())


def skipped(trees: Trees) -> list[tuple[str, bool]]:
    return [(item.path, item.blocking) for item in change_of(trees).skipped]


def test_a_repository_is_read_whole_at_both_ends() -> None:
    base = {
        "a/main.tf": "1",
        "a/old.tf": "2",
        "a/x.tfvars": "3",
        "b/main.tf": "4",
        "README.md": "5",
    }
    head = base | {"a/main.tf": "one", "README.md": "five"}
    change = change_of(Trees(base, head))
    kept = {"a/old.tf": b"2", "a/x.tfvars": b"3", "b/main.tf": b"4"}
    assert change.base == {"a/main.tf": b"1", **kept}
    assert change.head == {"a/main.tf": b"one", **kept}
    assert change.touched == {"a/main.tf", "README.md"}
    assert change.directories == {"a"}
    assert change.skipped == ()


def test_of_a_large_repository_only_what_is_near_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.change.MAX_WHOLE", 3)
    base = {
        "a/main.tf": 'module "x" {\n  source = "../lib/x"\n}\n',
        "lib/x/main.tf": 'module "y" {\n  source="./y/"\n}\n',
        "lib/x/y/main.tf": 'module "up" {\n  source = "../../../../up"\n}\n',
        "lib/z/main.tf": "far away",
        "a/deep/main.tf": "another module",
    }
    change = change_of(Trees(base, base | {"a/more.tf": "2"}))
    assert sorted(change.base) == ["a/main.tf", "lib/x/main.tf", "lib/x/y/main.tf"]
    assert sorted(change.head) == ["a/main.tf", "a/more.tf", "lib/x/main.tf", "lib/x/y/main.tf"]
    (note,) = change.skipped
    assert (note.path, note.blocking) == (".", False)
    assert "has 6 Terraform files; of more than 3" in note.reason


def test_what_is_the_same_at_both_ends_is_read_once() -> None:
    trees = Trees({"a.tf": "1", "b.tf": "2"}, {"a.tf": "1", "b.tf": "3"})
    change_of(trees)
    assert sorted(trees.read) == sorted(map(oid, ["1", "2", "3"]))
    assert trees.asked == [
        "changed_files",
        "merge_base",
        "list_files b",
        "list_files c",
        "read_blobs",
    ]


def test_a_removed_file_brings_its_directory() -> None:
    change = change_of(Trees({"a/x.tf": "1", "a/y.tf": "2"}, {"a/x.tf": "1"}))
    assert (set(change.base), set(change.head)) == ({"a/x.tf", "a/y.tf"}, {"a/x.tf"})


def test_a_renamed_file_brings_both_directories() -> None:
    base = {"a/x.tf": "1", "a/y.tf": "2", "b/z.tf": "3"}
    head = {"b/x.tf": "1", "a/y.tf": "2", "b/z.tf": "3"}
    change = change_of(Trees(base, head, renamed={"b/x.tf": "a/x.tf"}))
    assert set(change.base) == {"a/x.tf", "a/y.tf", "b/z.tf"}
    assert set(change.head) == {"b/x.tf", "a/y.tf", "b/z.tf"}
    assert change.touched == {"a/x.tf", "b/x.tf"}


def test_a_pull_request_without_terraform_is_not_listed_at_all() -> None:
    trees = Trees({"app.py": "1", "main.tf": "x"}, {"app.py": "2", "main.tf": "x"})
    change = change_of(trees)
    assert (change.base, change.head, change.skipped) == ({}, {}, ())
    assert trees.asked == ["changed_files", "merge_base"]


def test_an_empty_pull_request_has_nothing_to_look_at() -> None:
    change = change_of(Trees({"main.tf": "1"}, {"main.tf": "1"}))
    assert (change.base, change.head, change.files, change.skipped) == ({}, {}, (), ())


def test_json_and_opentofu_are_read() -> None:
    head = {"main.tf": "2", "b.tf.json": "{}", "c.tfvars.json": "{}", "d.tofu.json": "{}"}
    change = change_of(Trees({"main.tf": "1"}, head))
    assert change.skipped == ()
    assert {*change.head} == {*head}


@pytest.mark.parametrize(
    ("data", "mode", "word"),
    [
        ("../shared/main.tf", SYMLINK, "symbolic link"),
        ("", SUBMODULE, "submodule"),
        ("x", "040000", "mode is 040000"),
        ("#" * (MAX_BYTES + 1), "100644", "512 KB"),
        (LFS, "100644", "LFS"),
    ],
)
def test_what_cannot_be_read_blocks_only_where_it_is_touched(
    data: str, mode: str, word: str
) -> None:
    added = change_of(Trees({"a.tf": "1"}, {"a.tf": "2", "odd.tf": data}, {"odd.tf": mode}))
    assert set(added.head) == {"a.tf"}
    assert [(item.path, item.blocking) for item in added.skipped] == [("odd.tf", True)]
    assert word in added.skipped[0].reason
    stays = Trees({"a.tf": "1", "odd.tf": data}, {"a.tf": "2", "odd.tf": data}, {"odd.tf": mode})
    assert skipped(stays) == [("odd.tf", False)]


def test_a_limit_is_a_limit_and_not_one_less() -> None:
    change = change_of(Trees({}, {"a.tf": "#" * MAX_BYTES}))
    assert set(change.head) == {"a.tf"}


def test_links_and_oversized_files_are_not_even_fetched() -> None:
    trees = Trees(
        {}, {"a.tf": "1", "b.tf": "#" * (MAX_BYTES + 1), "c.tf": "a.tf"}, {"c.tf": SYMLINK}
    )
    change_of(trees)
    assert trees.read == [oid("1")]


def test_a_binary_blob_that_the_host_keeps_back_is_named() -> None:
    trees = Trees({}, {"a.tf": "1", "b.tf": b"\xff\x00"}, missing=frozenset({"b.tf"}))
    assert skipped(trees) == [("b.tf", True)]


def test_a_moved_submodule_is_noted() -> None:
    trees = Trees(
        {"modules/net": "Subproject commit 1\n"}, {"modules/net": "Subproject commit 2\n"}
    )
    assert [(i.path, i.blocking) for i in change_of(trees).skipped] == [("modules/net", False)]


@pytest.mark.parametrize(
    "path",
    [
        "/etc/x.tf",
        "../x.tf",
        "a/../x.tf",
        "a//x.tf",
        "./x.tf",
        ".git/x.tf",
        "a\\x.tf",
        "a\nx.tf",
        "a\x00x.tf",
        "\u202ex.tf",
        "a\u200bx.tf",
    ],
)
def test_strange_names_are_never_followed(path: str) -> None:
    assert not is_ordinary(path)
    trees = Trees({}, {"a.tf": "1", path: "2"})
    change = change_of(trees)
    assert set(change.head) == {"a.tf"}
    assert trees.read == [oid("1")]
    assert change.skipped == (NotAnalysed(path, 1, change.skipped[0].reason, blocking=True),)


def test_ordinary_names_may_hold_blanks_and_letters_of_any_script() -> None:
    assert is_ordinary("módulo/два слова/main.tf")


def test_a_list_that_was_cut_short_is_never_a_view() -> None:
    with pytest.raises(Incomplete, match="cut the list"):
        change_of(Trees({"a.tf": "1"}, {"a.tf": "2"}, is_complete=False))


def test_a_list_without_a_file_of_the_diff_is_never_a_view() -> None:
    class Lagging(Trees):
        """The head's list is still the base's."""

        def list_files(self, repository: str, commit: str) -> Listing:
            return Trees.list_files(self, repository, "c")

    with pytest.raises(Incomplete, match=r"new\.tf"):
        change_of(Lagging({"a.tf": "1"}, {"a.tf": "1", "new.tf": "2"}))


def test_a_diff_of_thousands_of_files_is_read_or_refused_never_cut() -> None:
    many = {f"m{number}/main.tf": f"# {number}" for number in range(3_500)}
    assert len(change_of(Trees({}, many)).head) == 3_500
    with pytest.raises(Incomplete, match="one run reads"):
        change_of(Trees({}, {f"m{n}/main.tf": f"# {n}" for n in range(MAX_FILES + 1)}))


def test_more_bytes_than_a_run_reads_are_refused() -> None:
    size = MAX_BYTES - 10
    count = MAX_TOTAL_BYTES // size + 1
    trees = Trees({}, {f"a{number}.tf": f"{number:08}" + "#" * size for number in range(count)})
    with pytest.raises(Incomplete, match="one run reads"):
        change_of(trees)


def test_a_file_that_is_the_same_at_both_ends_is_parsed_once(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def counting(source: SourceFile, grammar: Grammar, needed: Needed) -> Document:
        parsed.append(source.path)
        return parse(source, grammar, needed)

    monkeypatch.setattr("remediations.codebase.parse", counting)
    base = {"a.tf": b"locals {}\n", "b.tf": b"locals {}\n"}
    texts = Texts(base, {**base, "b.tf": b"locals {\n  x = 1\n}\n"}, (), frozenset({""}))
    LocalEngine(grammar).judge(texts, Profile())
    assert parsed == ["a.tf", "b.tf", "b.tf"]
