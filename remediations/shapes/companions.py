"""A resource of its own that has to belong to a bucket."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from ..buckets import BUCKET, Companions, companion_head, companions, dynamic
from ..model import Safety
from ..rule import Advice, Offer, Repair, Rule, Targeted, Violation
from ..terraform.edit import AddTopLevel, InsertBlock, SetValue
from ..terraform.module import Module, Resource
from ..terraform.nodes import Conditional, Expression, Parentheses, Reference
from .written import indented, wrapped


class RequireCompanion(Rule):
    """``companion`` is its kind, ``inline`` the block that did the same before version 4.

    Written after the bucket and named after it; inline where the provider is older. Whether the
    companion says the right thing is judged by ``judge_found``.
    """

    resources: ClassVar[tuple[str, ...]] = (BUCKET,)
    companion: ClassVar[str]
    inline: ClassVar[str] = ""
    message: ClassVar[str]
    offer: ClassVar[Offer | None] = None
    advice: ClassVar[str] = ""

    def applies(self, bucket: Resource, module: Module) -> bool:
        """False where the rule has nothing to say about a bucket."""
        return True

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """One violation where nothing belongs to the bucket, or may."""
        if self.inline and resource.body.blocks(self.inline):
            return
        held = companions(module, resource, self.companion)
        if held.found or not self.applies(resource, module):
            return
        unsettled = held.unsettled
        if self.inline and dynamic(resource.body, self.inline) is not None:
            unsettled = f"a dynamic block writes `{self.inline}`"
        if unsettled is not None:
            advice = Advice(f"Make sure that an `{self.companion}` covers it.")
            yield Violation("bucket", self.message, advice, unknown=unsettled)
            return
        repair = asleep(held, resource) or self.repair(resource, module)
        yield Violation("bucket", self.message, repair)

    def repair(self, bucket: Resource, module: Module) -> Repair | Advice:
        """The companion at its price, or advice."""
        offer = self.offer_for(bucket, module)
        if isinstance(offer, Advice):
            return offer
        text = self.text(bucket, module)
        if isinstance(text, Advice):
            return text
        return offer.repair(self.written(bucket, module, text))

    def is_inline(self, module: Module) -> bool:
        """Whether the provider is so old that the bucket itself says it."""
        return bool(self.inline) and max(module.aws_majors) < 4

    def written(self, bucket: Resource, module: Module, text: str) -> Targeted:
        """The companion around ``text``, or the inline block."""
        if self.is_inline(module):
            return Targeted(bucket.path, InsertBlock(bucket.body, wrapped((self.inline,), text)))
        head = companion_head(module, bucket, self.companion)
        lines = indented("\n".join(head.lines))
        block = f'resource "{self.companion}" "{head.name}" {{\n{lines}\n\n{indented(text)}\n}}'
        return Targeted(bucket.path, AddTopLevel(block, bucket.block))

    def offer_for(self, bucket: Resource, module: Module) -> Offer | Advice:
        """What the edit costs for this bucket."""
        return self.offer or Advice(self.advice)

    @abstractmethod
    def text(self, bucket: Resource, module: Module) -> str | Advice:
        """What the companion says besides the bucket it belongs to, in column one."""


def asleep(held: Companions, bucket: Resource) -> Repair | Advice | None:
    """What to do where one is written and switched off; None where another may stand in for it.

    A plain switch in the same file is turned on where its value comes from. Else the new one is
    there only as long as the other is not, which has to be of the same module for that.
    """
    if not held.dormant:
        return None
    one = held.dormant[0]
    repetition = one.repetition
    switch = _switch(repetition.value) if repetition else None
    if switch is not None and one.home is bucket.home and one.path == bucket.path:
        word = one.document.text_of(switch)
        cost = f"`{word}` is true from now on wherever nobody says otherwise."
        offer = Offer(Safety.REVIEW, f"Turn `{one.address}` on", cost)
        return offer.repair(Targeted(one.path, SetValue(switch, "true")), touches=(one.address,))
    if all(other.home is bucket.home for other in held.dormant):
        return None
    condition = one.document.text_of(repetition.value) if repetition else ""
    return Advice(
        f"`{one.address}` does that, and is switched off here (`{' '.join(condition.split())}`). "
        "Turn it on."
    )


def _switch(repetition: Expression) -> Reference | None:
    """``var.on`` in ``var.on ? 1 : 0``."""
    while isinstance(repetition, Parentheses):
        repetition = repetition.inner
    if not isinstance(repetition, Conditional) or not isinstance(repetition.test, Reference):
        return None
    return repetition.test if repetition.test.dotted.startswith("var.") else None
