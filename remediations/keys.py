"""Which KMS key a repair refers to, or how one is written. Knows no rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .model import Known
from .rule import Targeted
from .terraform.edit import AddTopLevel
from .terraform.module import Module, Resource

KEY: Final = "aws_kms_key"
NEW_NAME: Final = "ml"
_FILE: Final = "kms.tf"

# SageMaker and S3 use a customer-managed key with the caller's own rights and with grants, so
# the key policy names the account and no service:
# https://docs.aws.amazon.com/sagemaker/latest/dg/key-management.html
_NEW_KEY: Final = """\
resource "aws_kms_key" "{name}" {{
  description         = "Encrypts machine-learning data of this module"
  enable_key_rotation = true

  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Sid       = "AccountAdministersKey"
        Effect    = "Allow"
        Principal = {{ AWS = "arn:${{{partition}.partition}}:iam::${{{caller}.account_id}}:root" }}
        Action    = "kms:*"
        Resource  = "*"
      }},
    ]
  }})
}}"""


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """A key to refer to. ``intents`` write it where the module has none."""

    reference: str
    intents: tuple[Targeted, ...] = ()

    @property
    def words(self) -> str:
        """How the key is spoken of."""
        return "a new key in `kms.tf`" if self.intents else f"`{self.reference}`"


def choose_key(module: Module) -> KeyChoice | str:
    """The module's one symmetric key, a new one where it has none, or why nobody can choose."""
    candidates = [key for key in module.of_kind(KEY) if _can_encrypt(module, key)]
    candidates += module.of_kind(f"data.{KEY}")
    if len(candidates) > 1:
        names = ", ".join(f"`{key.address}`" for key in candidates)
        return f"This module has several keys: {names}. Choose one and set it here."
    if candidates:
        if candidates[0].repetition is not None:
            return f"`{candidates[0].address}` stands for several keys. Choose one and set it here."
        return KeyChoice(f"{candidates[0].address}.arn")
    if module.unread:
        return f"`{module.unread[0]}` could not be read, so a key may be there already."
    return _new_key(module)


def _can_encrypt(module: Module, key: Resource) -> bool:
    wanted = {
        "key_usage": "ENCRYPT_DECRYPT",
        "customer_master_key_spec": "SYMMETRIC_DEFAULT",
    }
    for name, default in wanted.items():
        value = module.value_of(key.attribute(name))
        if isinstance(value, Known) and value.value not in (None, default):
            return False
    return True


def _new_key(module: Module) -> KeyChoice:
    path = f"{module.directory}/{_FILE}" if module.directory else _FILE
    pieces: list[str] = []
    names: dict[str, str] = {}
    for kind in ("aws_caller_identity", "aws_partition"):
        held = module.of_kind(f"data.{kind}")
        if held:
            names[kind] = held[0].address
        else:
            names[kind] = f"data.{kind}.current"
            pieces.append(f'data "{kind}" "current" {{}}')
    pieces.append(
        _NEW_KEY.format(
            name=NEW_NAME,
            partition=names["aws_partition"],
            caller=names["aws_caller_identity"],
        )
    )
    text = "\n\n".join(pieces)
    return KeyChoice(f"{KEY}.{NEW_NAME}.arn", (Targeted(path, AddTopLevel(text)),))
