"""On which terms a change is judged: the operator's word, the base branch's file, and what follows.

The head's own file is only looked at, so that people hear of a mistake before it is merged.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from remediations.model import Profile

from .change import Change, Repository, is_ordinary_file
from .engine import Engine
from .forge.errors import Incomplete
from .forge.port import PullRequest, TreeEntry
from .repo_config import (
    MAX_BYTES,
    MISTAKEN_NAME,
    NAME,
    NAMES,
    ConfigError,
    Problem,
    RepoConfig,
    too_large,
)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a change does to the file. ``problems`` are those of the head's version."""

    problems: tuple[Problem, ...] = ()
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """How strict to be, and what the repository asks for besides."""

    profile: Profile = field(default_factory=Profile)
    config: RepoConfig = field(default_factory=RepoConfig)
    proposed: Proposed | None = None


def config_for(forge: Repository, change: Change, engine: Engine) -> RepoConfig:
    """What the tip of the base branch says; a change without Terraform asks for nothing.

    Raises ``ConfigError``, ``Incomplete``, and what the port and the engine raise.
    """
    if not change.directories and not change.skipped:
        return RepoConfig()
    return config_of_base(forge, change.pull, engine)


def config_of_base(forge: Repository, pull: PullRequest, engine: Engine) -> RepoConfig:
    """The file at the tip of the base branch. Raises as ``config_for``."""
    return _config_at(forge, pull.ref.repository, pull.base_sha, engine) or RepoConfig()


def proposed_by(forge: Repository, change: Change, engine: Engine) -> Proposed | None:
    """What becomes of the file with this change; None where it does not touch it."""
    if NAMES.isdisjoint(change.touched):
        return None
    try:
        found = _config_at(forge, change.pull.ref.repository, change.pull.head_sha, engine)
    except ConfigError as error:
        return Proposed(error.problems)
    return Proposed(is_removed=found is None)


def _config_at(
    forge: Repository, repository: str, commit: str, engine: Engine
) -> RepoConfig | None:
    listing = forge.list_files(repository, commit)
    there = {entry.path: entry for entry in listing.entries if entry.path in NAMES}
    if NAME in there:
        return engine.configuration(_read(forge, repository, there[NAME])).usable()
    if not listing.is_complete:
        raise Incomplete(
            f"The host cut the list of files of {commit[:12]} short, so {NAME} may be in the rest."
        )
    if there:
        raise ConfigError(Problem(f"there is a `{MISTAKEN_NAME}`; call it `{NAME}`"))
    return None


def _read(forge: Repository, repository: str, entry: TreeEntry) -> bytes:
    if not is_ordinary_file(entry):
        raise ConfigError(Problem("it is a link or a submodule; put the file itself there"))
    if entry.size > MAX_BYTES:
        raise ConfigError(too_large(entry.size))
    data = forge.read_blobs(repository, [entry.oid]).get(entry.oid)
    if data is None:
        raise ConfigError(Problem("the host gives no text for it; save it as UTF-8"))
    return data
