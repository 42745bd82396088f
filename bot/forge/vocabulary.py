"""What people of a host call things, so that no text speaks of what they do not have. No logic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One host's words, as they stand in the middle of a sentence."""

    change: str
    """What is reviewed."""
    sign: str
    """What stands before its number."""
    again: str
    """How to ask for another review; the command follows."""
    untold: str
    """Where findings stand that no thread carries."""
    rest: str
    """What has the findings that a text has no room for; "them by file" follows."""
    neutral: str
    """How a check ends that neither passes nor fails."""


GITHUB: Final = Vocabulary(
    change="pull request",
    sign="#",
    again="use *Re-run* or comment",
    untold="shown in the check only",
    rest="the check's details list",
    neutral="so the check ends neutral",
)
GITHUB_STATUS: Final = replace(
    GITHUB,
    again="comment",
    untold="that no thread carries",
    rest="the list below has",
    neutral="so the check passes all the same",
)
"""With a token, whose checks are commit statuses: no words, no button, only pass and fail."""
GITLAB: Final = replace(GITHUB_STATUS, change="merge request", sign="!")
