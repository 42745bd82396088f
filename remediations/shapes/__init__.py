"""The shapes a rule can have. A rule fills one with words and facts; a shape knows no service."""

from .arguments import Argument, RequireAtLeast, RequireFalse, RequireSet, RequireTrue, RequireValue
from .attachments import RefuseManagedPolicy
from .blocks import RequireBlock
from .bounds import KeepWithin, Kept, some
from .companions import RequireCompanion, asleep
from .containers import RequireUnprivileged
from .flags import RequireFlags
from .key import RequireKey
from .policies import RequireNamedPrincipals
from .wildcards import ScopeResources
from .written import block_text

__all__ = [
    "Argument",
    "KeepWithin",
    "Kept",
    "RefuseManagedPolicy",
    "RequireAtLeast",
    "RequireBlock",
    "RequireCompanion",
    "RequireFalse",
    "RequireFlags",
    "RequireKey",
    "RequireNamedPrincipals",
    "RequireSet",
    "RequireTrue",
    "RequireUnprivileged",
    "RequireValue",
    "ScopeResources",
    "asleep",
    "block_text",
    "some",
]
