"""``python -m bot``: the same as the ``lockstitch`` command."""

import sys

from bot.cli.main import main

sys.exit(main())
