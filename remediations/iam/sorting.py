"""Which actions of a statement could name what it is asked about. Names nothing itself."""

from __future__ import annotations

from .inference import Question
from .roles import users_of_roles
from .scoping import Split, split
from .workers import BUILD


def sort(question: Question) -> Split:
    """Its actions, sorted; what a build pulls stays.

    The image that one begins with is named in its Dockerfile, which nobody reads here, and may be
    in any repository.
    """
    noun = question.noun
    is_for_builds = noun.word == "repository" and any(
        user.type == BUILD for user in users_of_roles(question.roles, question.module)
    )
    return split(question.statement, noun.service, noun.types, is_of_reading=not is_for_builds)
