"""What looks like a credential, by its shape or by its name. Repeats none; knows no rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# Forms that their makers publish, so that scanners can know them.
_SHAPES: Final = re.compile(
    r"""
    \b(?:AKIA|ASIA)[A-Z2-7]{16}\b                      # access key of AWS
    | \bhf_[A-Za-z0-9]{30,}\b                          # Hugging Face
    | \bsk-(?:proj-|ant-|svcacct-)?[A-Za-z0-9_-]{20,}  # OpenAI, Anthropic
    | \bgh[oprsu]_[A-Za-z0-9]{30,}\b                   # GitHub
    | \bgithub_pat_[A-Za-z0-9_]{30,}\b
    | \bglpat-[A-Za-z0-9_-]{20,}                       # GitLab
    | \bxox[abprs]-[A-Za-z0-9-]{10,}                   # Slack
    | \bdapi[0-9a-f]{32}\b                             # Databricks
    | \bAIza[0-9A-Za-z_-]{35}                          # Google
    | \bey[A-Za-z0-9_-]{10,}\.ey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}
    | -----BEGIN\ (?:[A-Z]+\ )?PRIVATE\ KEY-----
    | \b[a-z][a-z0-9+.-]*://[^\s/:@$<{]+:[^\s/:@$<{]{3,}@
    """,
    re.VERBOSE,
)
# Those of them that begin with a word of their maker's.
_PREFIX: Final = (
    r"(?:AKIA|ASIA|hf_|sk-(?:proj-|ant-(?:api\d\d-)?|svcacct-)?|gh[oprsu]_|github_pat_|glpat-|"
    r"xox[abprs]-|dapi|AIza)"
)
_MASKED: Final = re.compile(_PREFIX + r"[xX*#.•…_-]*$")
_ONE_LETTER: Final = re.compile(_PREFIX + r"(?P<letter>[a-z])(?P=letter)*$", re.IGNORECASE)
_SECRET_KEY: Final = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_OF_AWS: Final = re.compile(r"secret_?access_?key", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"(^|[_./-])(pass(word|wd|phrase)?|secret|token|credentials?|(api|access|private|auth|secret)[_-]?key|"
    r"conn(ection)?_?string)$",
    re.IGNORECASE,
)
# Names of where a secret is, or of something about it, are no secrets.
_ABOUT: Final = re.compile(
    r"(arn|name|id|path|file|url|uri|ttl|length|version|type|enabled|rotation|endpoint)$", re.I
)
_PLACEHOLDER: Final = re.compile(
    r"^(|\s+|true|false|null|none|\d{1,3}|x+|(?P<mask>[\W_])(?P=mask)*|<.*>|\{\{.*\}\}|\$\{?\w+\}?|"
    r"(re)?place.?me.*|change.?me.*|placeholder.*|todo.*|dummy.*|example.*|sample.*|your[-_ ].*|"
    r"arn:.*|/.*|ssm:.*|aws:.*|vault:.*|secretsmanager:.*|\{\{resolve:.*|"
    r"[\w./-]+\.(crt|json|key|pem|txt|ya?ml))$",
    re.IGNORECASE,
)
# Words in capitals ask the reader for the value; words between slashes say where one is kept.
_SAYS_WHERE: Final = re.compile(r"([A-Z]+([_ ][A-Z]+)+|(?=.{,39}$)[a-zA-Z_-]+(/[a-zA-Z_-]+)+)$")
_ASSIGNED: Final = re.compile(
    r"""^\s*(?:export\s+|set\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*["']?([^\s"'$`]+)["']?\s*;?\s*$""",
    re.MULTILINE,
)


def has_shape(text: str) -> bool:
    """Whether something in a text has the form of a credential, and is not only made of x."""
    return any(not _MASKED.match(found[0]) for found in _SHAPES.finditer(text))


def is_named_so(name: str) -> bool:
    """Whether a name says that what it holds is a credential."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return bool(_NAMED.search(words)) and not _ABOUT.search(words)


def is_credential(name: str, value: str) -> bool:
    """Whether a value under a name is one, by its form or by what the name says."""
    if has_shape(value) or (_OF_AWS.search(name) and _SECRET_KEY.search(value)):
        return True
    stands_in = (_PLACEHOLDER, _SAYS_WHERE, _MASKED, _ONE_LETTER)
    is_other = any(form.match(value) for form in stands_in)
    return is_named_so(name) and not is_other and len(value) > 3


def in_script(text: str) -> Iterator[str]:
    """The names under which a script holds credentials; empty where only the form tells."""
    if has_shape(text):
        yield ""
    for match in _ASSIGNED.finditer(text):
        if not has_shape(match[2]) and is_credential(match[1], match[2]):
            yield match[1]
