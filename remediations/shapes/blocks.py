"""A nested block that has to be there; what it says inside is judged by other rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ..rule import Advice, Offer, Repair, Rule, Targeted, Violation
from ..terraform.edit import InsertBlock
from ..terraform.module import Module, Resource
from ..terraform.nodes import Body
from .hindrances import hindrance
from .place import Site, blocks
from .written import wrapped


class RequireBlock(Rule):
    """``path`` names the block through those around it; ``text`` is the block as it is written.

    Blocks around it that are missing too are written with it, or, with ``only_inside``, are a
    reason not to ask for it.
    """

    path: ClassVar[str]
    text: ClassVar[str] = ""
    message: ClassVar[str]
    offer: ClassVar[Offer | None] = None
    advice: ClassVar[str] = ""
    only_inside: ClassVar[bool] = False

    def applies(self, resource: Resource, module: Module) -> bool:
        """False where the rule has nothing to say about a resource."""
        return True

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """One violation for each place that lacks the block."""
        if not self.applies(resource, module):
            return
        for site in blocks(resource, self.path.split(".")):
            if site.hidden:
                yield self._hidden(site, site.hidden)
            elif len(site.missing) == 1 or (site.missing and not self.only_inside):
                hindered = hindrance(site, resource, module, self.path)
                repair = hindered or self.repair(site, resource, module)
                yield Violation(
                    self.path, self.message, repair, site.block, statement=site.statement
                )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        """The block at its price, or advice."""
        offer = self.offer_for(resource, module)
        if isinstance(offer, Advice):
            return offer
        if not isinstance(site.holder, Body):
            return Advice(self.advice or f"Add `{self.path}` to the object here.")
        written = self.block_text(resource, module)
        if isinstance(written, Advice):
            return written
        text = wrapped(site.missing[:-1], written)
        return offer.repair(Targeted(resource.path, InsertBlock(site.holder, text)))

    def block_text(self, resource: Resource, module: Module) -> str | Advice:
        """What is written, or why nobody can tell."""
        return self.text

    def offer_for(self, resource: Resource, module: Module) -> Offer | Advice:
        """What the edit costs for this resource."""
        return self.offer or Advice(self.advice)

    def _hidden(self, site: Site, reason: str) -> Violation:
        advice = Advice(f"Make sure that it writes `{self.path}` wherever this is applied.")
        return Violation(
            self.path,
            self.message,
            advice,
            site.block,
            unknown=reason,
            statement=site.statement,
        )
