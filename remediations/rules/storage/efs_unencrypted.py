"""efs-unencrypted: a shared file system in plain text."""

from __future__ import annotations

from remediations.keys import choose_key, set_key, uses_own_key
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.shapes import RequireTrue
from remediations.shapes.place import Site
from remediations.shapes.written import set_at
from remediations.terraform.module import Module, Resource


class EfsUnencrypted(RequireTrue):
    """How a file system is encrypted is decided when it is made."""

    id = "efs-unencrypted"
    title = "Shared file system is not encrypted"
    resources = ("aws_efs_file_system",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_42",)
    path = "encrypted"
    message = (
        "Training data, home directories and checkpoints on this file system lie in plain text."
    )
    decides = "whether files are encrypted"

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        """With a key of your own at once: it could not be given one later without another loss."""
        written = set_at(site, resource, "true", {})
        if isinstance(written, Advice):
            return written
        if uses_own_key(module, resource.attribute("kms_key_id")):
            return _offer("").repair(written)
        key = choose_key(module, resource)
        if isinstance(key, str):
            return Advice(key)
        chosen = set_key(resource, resource.body, "kms_key_id", key)
        if isinstance(chosen, Advice):
            return chosen
        return _offer(f" with {key.words}").repair(
            written, chosen, *key.intents, touches=key.touches
        )


def _offer(how: str) -> Offer:
    return Offer(
        Safety.REPLACE,
        f"Encrypt the file system{how}",
        "The file system is destroyed and created again, with everything on it: copy its files "
        "first.",
    )
