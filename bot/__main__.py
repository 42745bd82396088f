"""``python -m bot``: the same as the ``lockstitch`` command."""

from bot.cli.main import process

process()
