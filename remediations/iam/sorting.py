"""Which actions of a statement could name what it is asked about. Names nothing itself."""

from __future__ import annotations

from .inference import Question, is_pushed
from .scoping import Split, split


def sort(question: Question) -> Split:
    """Its actions, sorted; what a build pulls stays.

    The image that one begins with is named in its Dockerfile, which nobody reads here, and may be
    in any repository.
    """
    noun, is_of_reading = question.noun, not is_pushed(question)
    return split(question.statement, noun.service, noun.types, is_of_reading=is_of_reading)
