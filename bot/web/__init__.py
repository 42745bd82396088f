"""The HTTP face of the bot: webhooks in, health out."""

from .app import create_app

__all__ = ["create_app"]
