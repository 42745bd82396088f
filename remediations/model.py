"""The nouns every stage shares: places, values, findings, fixes.

Nothing here reads text, knows Terraform or decides anything.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from .frozen import dataclass

if TYPE_CHECKING:
    from .environment import Environment


class Severity(Enum):
    """How bad a finding is, in the environment it was judged for. Compared with ``rank``."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info up to 4 for critical."""
        return _RANK[self]


class Safety(Enum):
    """What a fix costs when it is applied, from least to most. Compared with ``rank``."""

    SAFE = "safe"
    """Applied in place, same behaviour, only stricter."""
    REVIEW = "review"
    """Applied in place, but it may change who can do what."""
    REPLACE = "replace"
    """The provider destroys the resource and creates it again."""

    @property
    def rank(self) -> int:
        """0 for safe, 1 for review, 2 for replace."""
        return _RANK[self]


_RANK: Final = {one: rank for kind in (Severity, Safety) for rank, one in enumerate(kind)}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of character offsets in one file's decoded text."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """True where both claim a character, or where both insert at the same offset."""
        if self == other:
            return True
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace ``span`` of the file at ``path`` by ``text``.

    An empty span inserts, an empty text deletes. A path that does not exist yet is created by an
    edit of ``Span(0, 0)``.
    """

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """A value the text settles: str, int, float, bool, None, tuple, or a dict of such."""

    value: object


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value the text does not settle. ``reason`` completes "cannot be read here, because …"."""

    reason: str


Value = Known | Unknown


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file. ``line`` and ``end_line`` are 1-based and inclusive."""

    path: str
    span: Span
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a finding; ``role`` says how ("also", "value comes from")."""

    location: Location
    role: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule on one resource, or on one statement of a policy.

    ``unknown`` holds the reason where the value could not be read: such a finding never fails a
    check. ``advice`` says what a person has to decide where no edit is offered.
    """

    rule: str
    title: str
    address: str
    attribute: str
    location: Location
    block: Location
    """The whole resource block; findings of one block are one comment."""
    message: str
    severity: Severity
    fingerprint: str
    environments: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    unknown: str | None = None
    advice: str = ""
    directory: str = ""
    """Where the block is defined."""
    statement: str = ""

    @property
    def is_known(self) -> bool:
        """False where the finding rests on a value that could not be read."""
        return self.unknown is None


@dataclass(frozen=True, slots=True)
class NotAnalysed:
    """Something that had to be looked at and could not be. ``blocking`` ones forbid a pass."""

    path: str
    line: int
    reason: str
    blocking: bool = True
    rule: str = ""
    """The rule that could not judge; empty when the file itself could not be read."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A proved edit that closes ``findings``, or the outline of one.

    ``edits`` never overlap and are sorted. ``cost`` is one sentence about what happens on apply.
    """

    findings: tuple[Finding, ...]
    safety: Safety
    title: str
    cost: str
    edits: tuple[Edit, ...]
    offered_in: tuple[str, ...] = ()
    """Of a fix that is only outlined, without edits: the files that it would touch."""

    @property
    def is_proved(self) -> bool:
        """False for an outline, which has no edits yet."""
        return bool(self.edits)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files it touches, sorted, each once."""
        return tuple(sorted({edit.path for edit in self.edits} | {*self.offered_in}))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a finding carries no edit: a sentence that a person can read."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Every finding is in exactly one fix or one refusal.

    No two fixes within one file claim the same text; one over several files may share text with
    others, because it is only ever committed, and computed anew then.
    """

    fixes: tuple[Fix, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What one run over one codebase found."""

    findings: tuple[Finding, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()
    environments: frozenset[str] = frozenset()
    """Names of all environments that were looked at."""


ENVIRONMENTS: Final = ("dev", "staging", "prod")


@dataclass(frozen=True, slots=True)
class Profile:
    """How strict to be: the environment decides severities, ``fail_on`` the verdict."""

    environment: str = "staging"
    """The level of what nobody says anything else of."""
    fail_on: Severity = Severity.HIGH
    rules_off: frozenset[str] = frozenset()
    environments: tuple[Environment, ...] = ()
    by_name: bool = True
    """Whether directories and tfvars files may say by their names which environment they are."""
    exclude: tuple[str, ...] = ()
    """Globs of files that nobody is told about, nor anything written into. Their values count."""
