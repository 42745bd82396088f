"""Looks at everything that the bot needs, near things first. Mends nothing, writes nothing.

A host is one more function of the settings: it yields nothing where it is not configured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from .database import DatabaseAway, is_current, open_database
from .diagnosis import Diagnosis, State
from .forge import github_doctor, gitlab_doctor
from .hosts import credentials, gitlab_access
from .settings import PREFIX, Settings

Examiner = Callable[[Settings, str | None], Iterator[Diagnosis]]


def examine(settings: Settings, repository: str | None = None) -> Iterator[Diagnosis]:
    """Everything; of the repositories only that one, where one is named."""
    yield from _database(settings)
    if not (settings.has_github or settings.gitlab.is_set):
        says = "Neither GitHub nor GitLab is configured."
        yield Diagnosis("settings", State.BROKEN, says, "docs/settings.md lists what to set.")
    for look in EXAMINERS:
        yield from look(settings, repository)


def _database(settings: Settings) -> Iterator[Diagnosis]:
    name = "database"
    engine = open_database(settings.database_url)
    try:
        current = is_current(engine)
    except DatabaseAway as error:
        says = f"The database does not answer ({type(error).__name__})."
        mend = f"Look whether it runs, and at {PREFIX}DATABASE_URL."
        yield Diagnosis(name, State.BROKEN, says, mend)
        return
    finally:
        engine.dispose()
    if current:
        yield Diagnosis(name, State.OK, "It answers, and its schema is current.")
    else:
        says = "Its schema is not that of this version."
        yield Diagnosis(name, State.BROKEN, says, "Run `lockstitch migrate`.")


def _github(settings: Settings, repository: str | None) -> Iterator[Diagnosis]:
    if not settings.has_github:
        return
    name = "github webhook secret"
    if settings.webhook_secrets:
        yield Diagnosis(name, State.OK, "It is set.")
    else:
        says = "Without it nobody can tell a delivery from a forgery, so the server does not start."
        mend = f"Set {PREFIX}GITHUB_WEBHOOK_SECRET_FILE to the secret of the App's webhook."
        yield Diagnosis(name, State.BROKEN, says, mend)
    yield from github_doctor.examine(settings.api_url, credentials(settings), repository)


def _gitlab(settings: Settings, repository: str | None) -> Iterator[Diagnosis]:
    if not settings.gitlab.is_set:
        return
    name = "gitlab webhook secret"
    if settings.gitlab.secrets:
        yield Diagnosis(name, State.OK, "It is set.")
    else:
        says = "Without it nobody can tell a delivery from a forgery, so the server does not start."
        mend = f"Set {PREFIX}GITLAB_WEBHOOK_SECRET_FILE to a long random text."
        yield Diagnosis(name, State.BROKEN, says, mend)
    yield from gitlab_doctor.examine(gitlab_access(settings), repository)


EXAMINERS: Final[tuple[Examiner, ...]] = (_github, _gitlab)
"""One a host."""
