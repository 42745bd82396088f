"""GitLab's webhooks: what stands beside the body. Knows payloads, not what they cause."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid

from .hooks import Hooks, Target


class GitLabHooks(Hooks):
    """With the secret token, and signed as well where ``signing_token`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.signing_token: str | None = None

    def headers(self, delivery: str, event: str, body: bytes, target: Target) -> dict[str, str]:
        """What GitLab sends beside the body."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitLab/sandbox",
            "Idempotency-Key": delivery,
            "X-Gitlab-Event": event,
            "X-Gitlab-Event-UUID": str(uuid.uuid4()),
            "X-Gitlab-Instance": target.url.split("/webhooks")[0],
            "X-Gitlab-Token": target.secret,
            "X-Gitlab-Webhook-UUID": str(uuid.UUID(int=1)),
        }
        if self.signing_token is None:
            return headers
        stamp = str(int(time.time()))
        signed = f"{delivery}.{stamp}.".encode() + body
        digest = hmac.new(self.signing_token.encode(), signed, hashlib.sha256).digest()
        return {
            **headers,
            "webhook-id": delivery,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
