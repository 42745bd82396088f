"""Findings by hand, for what needs no engine."""

from __future__ import annotations

from hashlib import sha256

from remediations.model import Finding, Location, Severity, Span


def location(path: str = "main.tf", line: int = 1, end_line: int = 0) -> Location:
    """A place whose span nobody looks at."""
    return Location(path, Span(0, 0), line, end_line or line)


def finding(
    *,
    rule: str = "s3-public-access-block-off",
    address: str = "aws_s3_bucket_public_access_block.training",
    severity: Severity = Severity.HIGH,
    unknown: str | None = None,
    at: Location | None = None,
    block: Location | None = None,
    fingerprint: str = "",
    message: str = "`block_public_acls` is off, so an object can be made public.",
    advice: str = "",
    title: str = "Public access block is off",
) -> Finding:
    """One finding; the fingerprint follows from rule and address where none is given."""
    place = at or location()
    return Finding(
        rule=rule,
        title=title,
        address=address,
        attribute="block_public_acls",
        location=place,
        block=block or place,
        message=message,
        severity=severity,
        fingerprint=fingerprint or sha256(f"{rule} {address}".encode()).hexdigest()[:16],
        unknown=unknown,
        advice=advice,
    )
