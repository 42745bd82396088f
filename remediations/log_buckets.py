"""Where a bucket's access log goes: a bucket of the module, or a new, closed one. Knows no rule."""

from __future__ import annotations

from itertools import islice
from typing import Final

from .bucket_policies import DENY_PLAIN_HTTP, new_policy
from .buckets import BUCKET, is_log_target
from .frozen import dataclass
from .house_style import label, tagged
from .lookups import free_name, look_up
from .rule import Targeted
from .terraform.edit import AddTopLevel
from .terraform.module import Module, Resource

NAME: Final = ("access", "logs")
_FILE: Final = "access_logs.tf"
_NAMED: Final = 3
"""So many are named where a person has to choose."""
# Log delivery writes as a service, and only to buckets that S3 encrypts with a key of its own:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
_GRANT: Final = """\
{{
  Sid       = "S3DeliversAccessLogs"
  Effect    = "Allow"
  Principal = {{ Service = "logging.s3.amazonaws.com" }}
  Action    = "s3:PutObject"
  Resource  = "${{{bucket}.arn}}/*"
  Condition = {{
    StringEquals = {{ "aws:SourceAccount" = {account} }}
  }}
}}"""
_BUCKET: Final = """\
resource "aws_s3_bucket" "{name}" {{
  # checkov:skip=CKV_AWS_145: S3 delivers access logs only where it encrypts with its own key
  bucket_prefix = "access-logs-"
}}

resource "aws_s3_bucket_ownership_controls" "{name}" {{
  bucket = aws_s3_bucket.{name}.id

  rule {{
    object_ownership = "BucketOwnerEnforced"
  }}
}}

resource "aws_s3_bucket_public_access_block" "{name}" {{
  bucket = aws_s3_bucket.{name}.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}}

resource "aws_s3_bucket_server_side_encryption_configuration" "{name}" {{
  bucket = aws_s3_bucket.{name}.id

  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm = "AES256"
    }}
  }}
}}

resource "aws_s3_bucket_versioning" "{name}" {{
  bucket = aws_s3_bucket.{name}.id

  versioning_configuration {{
    status = "Enabled"
  }}
}}

resource "aws_s3_bucket_lifecycle_configuration" "{name}" {{
  bucket = aws_s3_bucket.{name}.id

  rule {{
    id     = "expire-old-logs"
    status = "Enabled"

    filter {{}}

    expiration {{
      days = 365
    }}

    noncurrent_version_expiration {{
      noncurrent_days = 30
    }}

    abort_incomplete_multipart_upload {{
      days_after_initiation = 7
    }}
  }}
}}"""


@dataclass(frozen=True, slots=True)
class LogChoice:
    """A bucket to refer to. ``intents`` write it where the module has none."""

    reference: str
    intents: tuple[Targeted, ...] = ()
    is_used: bool = False
    """Whether another bucket of the module is logged to it already."""

    @property
    def words(self) -> str:
        """How the bucket is spoken of."""
        return f"a new bucket in `{_FILE}`" if self.intents else f"`{self.reference}`"


def choose_log_bucket(module: Module, user: Resource) -> LogChoice | str:
    """The module's one log bucket, a new one, or why nobody can choose."""
    if _provider(user):
        return (
            f"`{user.address}` and the bucket for its log have to be in one region and account. "
            "Write one there, or choose one."
        )
    targets, used = module.remember("buckets for logs", lambda: _targets(module))
    fitting = _others(used, user) or _others(targets, user)
    if len(fitting) > 1:
        names = ", ".join(f"`{bucket.address}`" for bucket in fitting[:_NAMED])
        more = " and more" if len(fitting) > _NAMED else ""
        return f"This module has several buckets for logs: {names}{more}. Choose one for this log."
    if fitting:
        (bucket,) = fitting
        if bucket.repetition is not None or _provider(bucket):
            return (
                f"`{bucket.address}` may not be the bucket that this log should go to. Choose one."
            )
        return LogChoice(f"{bucket.address}.id", is_used=_is_used(module, bucket))
    if module.unread:
        return f"`{module.unread[0]}` could not be read, so a bucket for logs may be there already."
    if max(module.aws_majors) < 4:
        return "This module has no bucket for logs. Write one, with a policy for log delivery."
    return _new_bucket(module)


def _targets(module: Module) -> tuple[list[Resource], list[Resource]]:
    """The buckets that may take logs, and those of them that do already."""
    targets = [one for one in module.of_kind(BUCKET) if is_log_target(module, one)]
    return targets, [one for one in targets if _is_used(module, one)]


def _others(buckets: list[Resource], user: Resource) -> list[Resource]:
    """Those that are not the user itself, as far as anybody wants to read of them."""
    return list(islice((one for one in buckets if one.block is not user.block), _NAMED + 1))


def _is_used(module: Module, bucket: Resource) -> bool:
    users = module.users_of(bucket.address)
    return any(name == "target_bucket" for _, name in users)


def _provider(bucket: Resource) -> bool:
    return bool({"provider", "region"} & set(bucket.body.attributes))


def _new_bucket(module: Module) -> LogChoice:
    path = f"{module.directory}/{_FILE}" if module.directory else _FILE
    name = free_name(module, BUCKET, label(module, *NAME))
    address = f"{BUCKET}.{name}"
    found = look_up(module, "account")
    statements = (
        _GRANT.format(bucket=address, account=found.names["account"]),
        DENY_PLAIN_HTTP.format(bucket=address),
    )
    pieces = (
        *found.blocks,
        tagged(_BUCKET.format(name=name), module),
        new_policy(f"bucket = {address}.id", name, statements),
    )
    intents = tuple(Targeted(path, AddTopLevel(piece)) for piece in pieces)
    return LogChoice(f"{address}.id", intents)
