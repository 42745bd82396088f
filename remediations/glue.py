"""Which Glue security configuration a repair refers to, or how one is written. Knows no rule."""

from __future__ import annotations

from typing import Final

from .frozen import dataclass
from .key_policies import CLOUDWATCH_LOGS
from .keys import choose_key
from .lookups import free_name
from .rule import Targeted
from .terraform.edit import AddTopLevel
from .terraform.module import Module, Resource

CONFIGURATION: Final = "aws_glue_security_configuration"
_NAMED: Final = 3
"""So many are named where a person has to choose."""
_PER_INSTANCE: Final = ("each.", "count.", "self.")
_TEXT: Final = """\
resource "{kind}" "{name}" {{
  name = {called}

  encryption_configuration {{
    cloudwatch_encryption {{
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = {key}
    }}

    job_bookmarks_encryption {{
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = {key}
    }}

    s3_encryption {{
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = {key}
    }}
  }}
}}"""


@dataclass(frozen=True, slots=True)
class Configuration:
    """One to refer to; ``intents`` write it where it is new, ``touches`` names what they change."""

    reference: str
    words: str
    intents: tuple[Targeted, ...] = ()
    touches: tuple[str, ...] = ()
    note: str = ""


def choose_configuration(module: Module, user: Resource) -> Configuration | str:
    """The module's one security configuration, a new one, or why nobody can choose."""
    found = module.of_kind(CONFIGURATION)
    if len(found) > 1 or (found and found[0].repetition is not None):
        names = ", ".join(f"`{one.address}`" for one in found[:_NAMED])
        more = " and more" if len(found) > _NAMED else ""
        return f"This module has several security configurations: {names}{more}. Choose one."
    if found:
        reference = f"{found[0].address}.name"
        return Configuration(reference, f"`{reference}`")
    key = choose_key(module, user, CLOUDWATCH_LOGS)
    if isinstance(key, str):
        return key
    name = free_name(module, CONFIGURATION, user.name)
    text = _TEXT.format(
        kind=CONFIGURATION, name=name, called=_called(user, name), key=key.reference
    )
    written = Targeted(user.path, AddTopLevel(text, user.block))
    return Configuration(
        f"{CONFIGURATION}.{name}.name",
        f"a new configuration and {key.words}",
        (written, *key.intents),
        key.touches,
        key.note,
    )


def _called(user: Resource, otherwise: str) -> str:
    """The user's own name, as it is written: one that is free there is free here too."""
    held = user.attribute("name")
    text = user.document.text_of(held.value) if held else ""
    is_shared = text and not any(word in text for word in _PER_INSTANCE)
    return text if is_shared else f'"{otherwise}"'
