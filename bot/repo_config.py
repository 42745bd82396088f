"""``.lockstitch.yml``: what a repository's admin decides, and what can be wrong with it.

Pure data: it names no code, no file to load, no address. Reads nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from remediations.environment import Environment, level_named
from remediations.frozen import dataclass
from remediations.model import Profile, Severity

from .forge.conclusion import Conclusion

NAME: Final = ".lockstitch.yml"
MISTAKEN_NAME: Final = ".lockstitch.yaml"
NAMES: Final = frozenset({NAME, MISTAKEN_NAME})
MAX_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place of the file, and what to do. Lines and columns start at 1."""

    message: str
    line: int = 1
    column: int = 1

    def at(self, path: str) -> str:
        """As compilers say it: ``path:line:column: message``."""
        return f"{path}:{self.line}:{self.column}: {self.message}"


class ConfigError(Exception):
    """The file cannot be used. Every problem is there at once, in the order of the lines."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(problem.at(NAME) for problem in problems))
        self.problems = problems


def too_large(size: int) -> Problem:
    """What is said of a file of that many bytes."""
    return Problem(f"the file has {size // 1024} KB; more than {MAX_BYTES // 1024} are not read")


@dataclass(frozen=True, slots=True)
class Declared:
    """An environment as it is written down; without a level its name says it."""

    name: str
    level: str | None = None
    paths: tuple[str, ...] = ()
    tfvars: tuple[str, ...] = ()
    workspaces: tuple[str, ...] = ()

    def each(self, otherwise: str) -> Iterator[Environment]:
        """One for each workspace; ``otherwise`` is the level where nothing says one."""
        level = self.level or level_named(self.name) or otherwise
        for workspace in self.workspaces or (None,):
            yield Environment(self.name, level, self.paths, self.tfvars, workspace)


@dataclass(frozen=True, slots=True)
class RepoConfig:
    """What the file says; the defaults are those of a repository without one."""

    environments: tuple[Declared, ...] = ()
    fail_on: Severity | None = None
    rules_off: frozenset[str] = frozenset()
    """Ids of rules; no alias is left in it."""
    exclude: tuple[str, ...] = ()
    """Globs of files that are neither judged nor commented on."""
    on_error: Conclusion = Conclusion.FAILURE
    on_unparsed: Conclusion = Conclusion.FAILURE

    def profile(self, given: Profile, fail_on: Severity | None = None) -> Profile:
        """How strict to be where ``given`` is the operator's word; ``fail_on`` wins over both."""
        return replace(
            given,
            fail_on=fail_on or self.fail_on or given.fail_on,
            rules_off=given.rules_off | self.rules_off,
            environments=(
                *given.environments,
                *(one for each in self.environments for one in each.each(given.environment)),
            ),
            exclude=(*given.exclude, *self.exclude),
        )


@dataclass(frozen=True, slots=True)
class ConfigRead:
    """What a file says, or everything that is wrong with it."""

    config: RepoConfig | None
    problems: tuple[Problem, ...] = ()

    def usable(self) -> RepoConfig:
        """The configuration. Raises ``ConfigError``."""
        if self.config is None:
            raise ConfigError(*self.problems)
        return self.config
