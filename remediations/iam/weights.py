"""How much each kind of evidence counts when it is asked which resource a statement means.

Data: by how often each kind was right before anybody had read a round of labelled statements; the
table stands in ``tests/iam/calibration/README.md``.
"""

from __future__ import annotations

from typing import Final

SUGGEST: Final = 0.85
"""What has to be reached before an edit is offered."""
MARGIN: Final = 0.2
"""How far the next one has to be behind."""

CONCLUSIVE: Final = 1.25
"""All that can be written to; nothing else counts."""
USED_BY_CONSUMER: Final = 0.90
TOLD: Final = 0.80
"""Code is told of it, and may never read it, or need another one that it knows by heart."""
NAMED_BESIDE: Final = 0.79
"""It is named for something else, which does not show that the wildcard means it too."""
ONLY_ONE: Final = 0.78
"""There is no other of its kind, which does not show that this is what is meant."""
ONE_OF_SEVERAL: Final = 0.75
"""Declared, and nothing shows what needs it: it may be this role."""
USED_OTHERWISE: Final = 0.50
"""Something else is shown to need it."""
ALLOWED_ALREADY: Final = 0.30
"""Another statement allows all of this on it, so this one means something else."""
FROM_ELSEWHERE: Final = 0.66
"""A variable, a data source or a module that may be one; it cannot be told what it holds."""
NAME_FITS: Final = 0.05
NAME_FITS_AT_MOST: Final = 0.80
REPEATED: Final = 0.30
"""Taken off what stands for several: one of them would have to be chosen."""
