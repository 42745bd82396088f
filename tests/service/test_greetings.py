"""A comment that asks for something is handed out once to be acknowledged, whatever else waits."""

from __future__ import annotations

from bot.deliveries import Delivery, Wish
from bot.greetings import Greetings
from bot.inbox import Inbox
from tests.service.queue import Clock, delivery


def asked(number: int, comment: int | None, thread: int | None = None) -> Delivery:
    wish = Wish("acme/ml", number, login="dana", body="/lockstitch help", comment_id=comment)
    if thread is not None:
        wish = Wish("acme/ml", number, body="fix", comment_id=comment, thread_root=thread)
    return Delivery(f"d-{number}-{comment}", "issue_comment", "created", wish)


def test_each_is_handed_out_once_though_its_pull_request_is_being_worked_on(
    inbox: Inbox, clock: Clock
) -> None:
    inbox.accept(delivery(1))
    review = inbox.lease()
    assert review is not None
    inbox.accept(asked(1, 9))
    inbox.accept(asked(1, 10, thread=4))
    assert inbox.lease() is None  # the work itself waits for the review
    first, second = Greetings(inbox.engine, clock), Greetings(inbox.engine, clock)
    given = first.take()
    assert [(one.comment_id, one.is_inline) for one in given] == [(9, False), (10, True)]
    assert {str(one.ref) for one in given} == {"acme/ml#1"}
    assert second.take() == ()


def test_reviews_and_buttons_have_no_comment(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1))
    inbox.accept(asked(2, None))
    assert Greetings(inbox.engine, clock).take() == ()


def test_who_does_the_work_knows_whether_it_was_said(inbox: Inbox, clock: Clock) -> None:
    greetings = Greetings(inbox.engine, clock)
    inbox.accept(asked(1, 9))
    inbox.accept(asked(2, 10))
    said, failed = greetings.take()
    greetings.said(said.row)
    items = [inbox.lease(), inbox.lease()]
    told = {item.id: item.is_greeted for item in items if item}
    assert told == {said.row: True, failed.row: False}


def test_what_is_done_needs_no_greeting_any_more(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(asked(1, 9))
    item = inbox.lease()
    assert item is not None
    inbox.finish(item)
    assert Greetings(inbox.engine, clock).take() == ()


def test_nobody_is_greeted_while_the_forge_asks_to_wait(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1))
    item = inbox.lease()
    assert item is not None
    inbox.hold(item, 60.0, "secondary limit")
    inbox.accept(asked(2, 9))
    greetings = Greetings(inbox.engine, clock)
    assert greetings.take() == ()
    clock.now += 61
    assert [one.comment_id for one in greetings.take()] == [9]
