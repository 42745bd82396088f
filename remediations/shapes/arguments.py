"""Rules about one argument: the value it has, or that the provider gives it where it is absent."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from ..model import Known, Unknown, Value
from ..rule import Advice, Offer, Repair, Rule, Violation
from ..terraform.module import Module, Resource
from .flags import is_true
from .hindrances import hindrance
from .place import Site, sites
from .written import set_at


class Argument(Rule):
    """One argument, judged at each place it has.

    ``path`` leads through nested blocks (``metadata_options.http_tokens``). Absent and null count
    as ``absent_is``, the provider's default; where that changed, ``absent_since`` says from which
    major version on it is what. A value that nobody can read, and a place that a dynamic block
    writes, give a finding that fails nothing. Without an ``offer`` the rule only advises.
    """

    path: ClassVar[str]
    message: ClassVar[str]
    decides: ClassVar[str]
    """Completes "`argument` decides …", for a value that nobody can read."""
    offer: ClassVar[Offer | None] = None
    advice: ClassVar[str] = ""
    absent_is: ClassVar[object] = None
    absent_since: ClassVar[Mapping[int, object]] = {}
    only_inside: ClassVar[bool] = False
    """Judge the blocks that are there; where there is none, the argument is not needed."""
    into_dynamic: ClassVar[bool] = False
    """Judge what a dynamic block would write as if it did; so does ``only_inside``."""
    beside: ClassVar[Mapping[str, str]] = {}
    """What is written with the argument where its block is new."""
    after: ClassVar[str] = ""

    def applies(self, resource: Resource, module: Module) -> bool:
        """False where the rule has nothing to say about a resource."""
        return True

    def paths(self, resource: Resource) -> tuple[str, ...]:
        """Where to look; several where kinds of resource differ."""
        return (self.path,)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """One violation a place."""
        if not self.applies(resource, module):
            return
        for path in self.paths(resource):
            for site in sites(resource, path, into_dynamic=self.only_inside or self.into_dynamic):
                yield from self._judge_at(site, path, resource, module)

    def _judge_at(
        self, site: Site, path: str, resource: Resource, module: Module
    ) -> Iterator[Violation]:
        if site.missing and self.only_inside:
            return
        value = self.value_at(site, module)
        if isinstance(value, Unknown):
            if not self.is_fine_unread(site, module):
                yield self._unsettled(site, path, value)
        elif not self.is_fine(value.value):
            hindered = hindrance(site, resource, module, path)
            repair = hindered or self.repair(site, resource, module)
            yield Violation(path, self.words(resource), repair, site.node, statement=site.statement)

    def value_at(self, site: Site, module: Module) -> Value:
        """What the provider will make of this place."""
        if site.hidden:
            return Unknown(site.hidden)
        value = module.evaluate(site.held.value) if site.held else Known(None)
        return self._absent(module) if value == Known(None) else value

    def _absent(self, module: Module) -> Value:
        """The default of each provider version that is allowed, if they agree."""
        defaults = []
        for major in module.aws_majors:
            since = [m for m in self.absent_since if m <= major]
            defaults.append(self.absent_since[max(since)] if since else self.absent_is)
        if len({self.is_fine(default) for default in defaults}) > 1:
            changed = max(self.absent_since)
            return Unknown(f"the default is another one from version {changed} of the provider on")
        return Known(defaults[0])

    @abstractmethod
    def is_fine(self, value: object) -> bool:
        """Whether a known value is good; the default has taken the place of null."""

    def is_fine_unread(self, site: Site, module: Module) -> bool:
        """Whether a value that cannot be read is nothing to speak of."""
        return False

    def words(self, resource: Resource) -> str:
        """What the author reads, where resources differ."""
        return self.message

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        """The edit at its price, or advice where there is none."""
        offer = self.offer_for(resource, module)
        if isinstance(offer, Advice):
            return offer
        written = set_at(site, resource, self.wanted(), self.beside, self.after)
        return written if isinstance(written, Advice) else offer.repair(written)

    def offer_for(self, resource: Resource, module: Module) -> Offer | Advice:
        """What the edit costs for this resource."""
        return self.offer or Advice(self.advice)

    def wanted(self) -> str:
        """The text of a good value."""
        return ""

    def should_be(self) -> str:
        """A good value, as it is spoken of."""
        wanted = self.wanted().strip('"')
        return f"`{wanted}`" if wanted else "set"

    def _unsettled(self, site: Site, path: str, value: Unknown) -> Violation:
        name = path.rpartition(".")[2]
        say = f"Make sure that it is {self.should_be()}"
        return Violation(
            path,
            f"`{name}` decides {self.decides}.",
            Advice(f"{say} wherever this is applied."),
            site.node,
            unknown=value.reason,
            statement=site.statement,
        )


class RequireValue(Argument):
    """One of the ``allowed`` values; the fix writes the first."""

    allowed: ClassVar[tuple[str | int, ...]]

    def is_fine(self, value: object) -> bool:
        """As written, numbers also in quotes."""
        return value in self.allowed or str(value) in map(str, self.allowed)

    def wanted(self) -> str:
        """The first of the allowed values."""
        first = self.allowed[0]
        return f'"{first}"' if isinstance(first, str) else str(first)


class RequireTrue(Argument):
    """A flag that has to be on."""

    absent_is: ClassVar[object] = False

    def is_fine(self, value: object) -> bool:
        """True, quoted or not."""
        return is_true(value, default=False)

    def wanted(self) -> str:
        """On."""
        return "true"


class RequireFalse(Argument):
    """A flag that has to be off."""

    absent_is: ClassVar[object] = False

    def is_fine(self, value: object) -> bool:
        """Anything but true."""
        return not is_true(value, default=False)

    def wanted(self) -> str:
        """Off."""
        return "false"


class RequireAtLeast(Argument):
    """A number with a lower bound; ``endless`` is the value that means no limit, if there is one.

    The fix writes ``least``.
    """

    least: ClassVar[int]
    endless: ClassVar[int | None] = None

    def is_fine(self, value: object) -> bool:
        """What is no number is somebody else's problem: Terraform refuses it."""
        try:
            number = float(str(value))
        except ValueError:
            return value is not None
        return number >= self.least or number == self.endless

    def wanted(self) -> str:
        """The bound."""
        return str(self.least)


EMPTY: Final[tuple[object, ...]] = (None, "", (), {})


class RequireSet(Argument):
    """An argument that must not be left out; what it holds is for others to judge.

    A value that is passed in, or that another resource gives, counts as set. The edit, where there
    is one, is made by ``repair`` of the rule.
    """

    def is_fine(self, value: object) -> bool:
        """Anything that is not empty."""
        return value not in EMPTY

    def is_fine_unread(self, site: Site, module: Module) -> bool:
        """Set, unless the place itself is hidden."""
        return site.hidden is None
