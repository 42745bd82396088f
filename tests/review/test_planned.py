"""A file that took a fix is told from one that took another, by its bytes."""

from __future__ import annotations

import json
import random

import pytest

from bot.planned import Kept, Planned

BEFORE = b"""\
resource "aws_s3_bucket" "data" {
  bucket = "acme"
  acl    = "public-read"
}

resource "aws_s3_bucket" "lake" {
  bucket = "lake"
  acl    = "public-read"
}
"""
PRIVATE = BEFORE.replace(b"public-read", b"private", 1)
GONE = BEFORE.replace(b'  acl    = "public-read"\n', b"", 1)
ALIGNED = BEFORE.replace(
    b'  bucket = "lake"\n  acl    = "public-read"\n',
    b'  bucket        = "lake"\n  acl           = "public-read"\n  force_destroy = false\n',
)
BLOCK = b"""
resource "aws_s3_bucket_public_access_block" "data" {
  bucket            = aws_s3_bucket.data.id
  block_public_acls = true
}
"""


def kept(after: bytes, now: bytes | None) -> Kept:
    """Through the database and back, as the records do it."""
    saved = json.loads(json.dumps(Planned.of(BEFORE, after).as_json()))
    return Planned.from_json(saved).kept_by(now)


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda text: text,
        lambda text: b"# a word\n\n" + text,
        lambda text: text + BLOCK,
        lambda text: text.replace(b'"lake"\n  acl    = "public-read"', b'"lake"'),
        lambda text: text.replace(b'"acme"', b'"acme-2"'),
    ],
)
@pytest.mark.parametrize("after", [PRIVATE, GONE, BEFORE + BLOCK, BLOCK + BEFORE])
def test_the_planned_bytes_are_found_whatever_else_changes(after: bytes, elsewhere: object) -> None:
    assert callable(elsewhere)
    assert kept(after, elsewhere(after)) is Kept.WHOLLY


def test_another_value_in_the_same_place_is_a_part() -> None:
    assert kept(PRIVATE, BEFORE.replace(b"public-read", b"log-delivery", 1)) is Kept.PARTLY
    assert kept(PRIVATE, PRIVATE.replace(b'"private"', b'"private" # mine')) is Kept.PARTLY


def test_another_block_of_the_same_kind_is_a_part() -> None:
    other = BLOCK.replace(b'"data"', b'"mine"')
    assert kept(BEFORE + BLOCK, BEFORE + other) is Kept.PARTLY
    assert kept(BEFORE + BLOCK, BEFORE + b'\nresource "aws_kms_key" "k" {\n}\n') is Kept.NOT_AT_ALL


def test_alignment_alone_takes_nothing_over() -> None:
    by_hand = BEFORE.replace(b'bucket = "lake"', b'bucket = "lake-2"')
    assert kept(ALIGNED, by_hand) is Kept.NOT_AT_ALL
    assert kept(ALIGNED, by_hand.replace(b"}\n", b"  force_destroy = !true\n}\n")) is Kept.PARTLY


@pytest.mark.parametrize("now", [None, b"", BEFORE, b"\r\n".join(PRIVATE.split(b"\n"))])
@pytest.mark.parametrize("after", [GONE, BEFORE + BLOCK])
def test_what_is_not_there_is_not_kept(after: bytes, now: bytes | None) -> None:
    assert kept(after, now) is not Kept.WHOLLY


def test_the_same_lines_of_another_resource_prove_nothing() -> None:
    lake = BEFORE.partition(b"\n\n")[2].replace(b"public-read", b"private")
    assert kept(PRIVATE, lake) is not Kept.WHOLLY


def test_no_text_is_kept() -> None:
    held = json.dumps(Planned.of(BEFORE, BEFORE + b'password = "hunter2-hunter2"\n').as_json())
    for word in ("hunter2", "password", "bucket", "acme"):
        assert word not in held


def block(number: int) -> bytes:
    return b'resource "t" "r%d" {\n  a = 1\n  b = true\n  c = 3\n}\n' % number


def test_in_any_file_of_look_alikes_the_right_place_is_asked() -> None:
    """One block of many takes the fix, or another value; others change as they like."""
    chance = random.Random(7)
    for _ in range(600):
        blocks = [block(number) for number in range(chance.randrange(1, 90))]
        meant = chance.randrange(len(blocks))
        fixed = blocks[meant].replace(b"b = true", b"b = false")
        before = b"".join(blocks)
        plan = Planned.of(before, b"".join([*blocks[:meant], fixed, *blocks[meant + 1 :]]))
        for other in {chance.randrange(len(blocks)) for _ in range(5)} - {meant}:
            blocks[other] = chance.choice(
                [b"", blocks[other] * 2, blocks[other].replace(b"b = true", b"b = false")]
            )
        is_taken = chance.random() < 0.5
        blocks[meant] = fixed if is_taken else fixed.replace(b"false", b"!true")
        assert plan.kept_by(b"".join(blocks)) is (Kept.WHOLLY if is_taken else Kept.PARTLY)
