"""What can go wrong with a forge, as a small tree. Knows no client library.

ForgeError
├── Unreachable      no answer, a timeout or a 5xx: try again later
├── RateLimited      told to wait; ``retry_after`` seconds
│   ├── NotYet       our own pace: this owner's turn comes later, and nothing was begun
│   └── Queued       our own pace: a place in time is booked, and this run goes on then
├── Refused          bad credentials or missing permission: a person must act
├── Gone             the repository or the pull request does not exist any more
├── Incomplete       the forge cut its answer short, so a pass would be a lie
├── HeadMoved        somebody pushed between reading and writing
└── Rejected         the forge found our request invalid (a bug of ours; the text says which)
"""

from __future__ import annotations


class ForgeError(Exception):
    """Any failure of a forge; the message is one sentence that a person can act on."""


class Unreachable(ForgeError):
    """No answer, a timeout or a server error."""


class RateLimited(ForgeError):
    """The forge asked us to wait."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotYet(RateLimited):
    """Nothing was sent, so that the forge need not refuse it; that goes for the whole owner."""


class Queued(RateLimited):
    """This run has a place in time; others of the same owner may go on."""


class Refused(ForgeError):
    """Credentials or permissions do not allow it."""


class Gone(ForgeError):
    """The repository or pull request is not there."""


class Incomplete(ForgeError):
    """The answer was cut short."""


class HeadMoved(ForgeError):
    """The head branch is no longer at the commit we read."""


class Rejected(ForgeError):
    """The forge called the request invalid."""
