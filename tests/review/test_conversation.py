"""Threads that stand already: what is not said twice, what is settled, what is people's own."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Conversation, fixed_in, here_again
from bot.forge.port import Reply, Thread
from remediations.fingerprint import fingerprint
from remediations.model import Finding

from .nouns import finding

SHA = "0123456789abcdef" * 2 + "01234567"
FOUND = finding()


def thread(*findings: Finding, path: str = "main.tf", is_resolved: bool = False) -> Thread:
    marks = " ".join(one.fingerprint for one in findings)
    body = f"Words\n<!-- lockstitch:finding {marks} offer=suggestion -->"
    return Thread("T", 1, path, body, is_resolved=is_resolved)


def said(*replies: tuple[str, bool], is_resolved: bool = False) -> Thread:
    told = tuple(Reply(body, is_ours=is_ours) for body, is_ours in replies)
    return replace(thread(FOUND), replies=told, is_resolved=is_resolved)


def settled(one: Thread, *findings: Finding) -> bool:
    talk = Conversation.of((one,), findings, {"main.tf"})
    return one in talk.settled(findings, ())


def returned(one: Thread, *findings: Finding) -> bool:
    return one in Conversation.of((one,), findings, {"main.tf"}).returned(findings)


def test_a_thread_is_settled_when_its_last_finding_is_gone() -> None:
    other = finding(rule="s3-acl-public")
    both = thread(FOUND, other)
    assert not settled(both, other)
    assert settled(both)
    assert not settled(replace(both, is_resolved=True))


def test_an_answered_thread_is_left_alone_and_a_command_is_no_answer() -> None:
    assert not settled(said(("This is meant.", False)))
    assert settled(said(("fix", False), ("Nothing to commit.", True)))
    assert settled(said(("/lockstitch fix replace", False)))


def test_what_the_bot_settled_is_opened_again_when_it_is_here_again() -> None:
    ours = said((fixed_in(SHA), True), is_resolved=True)
    assert returned(ours, FOUND)
    assert not returned(ours)
    again = said((fixed_in(SHA), True), (here_again(SHA), True), is_resolved=True)
    assert not returned(again, FOUND), "a person resolved it after that"
    assert not returned(said(is_resolved=True), FOUND)
    quoted = said((f"> {fixed_in(SHA)}", False), is_resolved=True)
    assert not returned(quoted, FOUND)


def placed(directory: str) -> Finding:
    base = finding(at=None)
    name = fingerprint(base.rule, directory, base.address, base.attribute, "")
    return replace(base, directory=directory, fingerprint=name)


def test_a_renamed_directory_keeps_its_threads() -> None:
    before, after = placed("envs/a"), placed("envs/b")
    old = thread(before, path="envs/a/main.tf")
    moved = Conversation.of((old,), (after,), {"envs/b/main.tf"})
    assert moved.said == {before.fingerprint: "suggestion", after.fingerprint: "suggestion"}
    assert list(moved.settled((after,), ())) == []
    copied = Conversation.of((old,), (before, after), {"envs/a/main.tf", "envs/b/main.tf"})
    assert after.fingerprint not in copied.said


@given(st.permutations("abcdef"), st.data())
def test_over_any_renames_nothing_is_said_twice(names: list[str], data: st.DataObject) -> None:
    """A directory gets one name after the other; its thread stands where it was begun."""
    old = thread(placed(names[0]), path=f"{names[0]}/main.tf")
    for name in names[1 : data.draw(st.integers(2, 6))]:
        talk = Conversation.of((old,), (placed(name),), {f"{name}/main.tf"})
        assert placed(name).fingerprint in talk.said
        assert list(talk.settled((placed(name),), ())) == []
