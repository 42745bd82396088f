"""Settings: the only place that reads the environment. Secrets never show in a repr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from remediations.model import ENVIRONMENTS, Profile, Severity

from .gitlab_deliveries import Secrets

PREFIX: Final = "LOCKSTITCH_"


_SHORTEST_TOKEN: Final = 16


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what to set."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable, as the documentation lists it."""

    name: str
    default: str
    says: str


VARIABLES: Final = (
    Variable("DATABASE_URL", "sqlite file in DATA_DIR", "Where deliveries and records are kept."),
    Variable("DATA_DIR", "./lockstitch-data", "Directory for the SQLite file and the cache."),
    Variable("REDIS_URL", "", "Broker of the Celery workers. Without it work runs in the server."),
    Variable("GITHUB_WEBHOOK_SECRET", "", "Secret of the webhook. Needed to serve."),
    Variable("GITHUB_WEBHOOK_SECRET_PREVIOUS", "", "The old secret while it is being rotated."),
    Variable("GITHUB_APP_ID", "", "Id of the GitHub App."),
    Variable("GITHUB_PRIVATE_KEY", "", "Private key of the App, as PEM."),
    Variable("GITHUB_PRIVATE_KEY_PREVIOUS", "", "The old key while it is being rotated."),
    Variable("GITHUB_TOKEN", "", "A token instead of an App; checks become commit statuses."),
    Variable("GITHUB_API_URL", "https://api.github.com", "Base of the API, for Enterprise Server."),
    Variable("GITLAB_URL", "https://gitlab.com", "Where GitLab is, for a self-managed one."),
    Variable("GITLAB_TOKEN", "", "A personal, project, group or OAuth access token, scope `api`."),
    Variable("GITLAB_OAUTH_APPLICATION_ID", "", "Id of an OAuth application, instead of a token."),
    Variable("GITLAB_OAUTH_APPLICATION_SECRET", "", "Its secret, which also seals what is kept."),
    Variable(
        "GITLAB_OAUTH_REFRESH_TOKEN", "", "The first refresh token; later ones are kept by the bot."
    ),
    Variable("GITLAB_OAUTH_REDIRECT_URI", "", "The application's redirect URI, as it has it."),
    Variable("GITLAB_WEBHOOK_SECRET", "", "Secret token of GitLab's webhook. Needed to serve it."),
    Variable("GITLAB_WEBHOOK_SECRET_PREVIOUS", "", "The old one while it is being rotated."),
    Variable("GITLAB_SIGNING_TOKEN", "", "Where set, only deliveries signed with it are accepted."),
    Variable("GITLAB_SIGNING_TOKEN_PREVIOUS", "", "The old one while it is being rotated."),
    Variable("GITLAB_CA_FILE", "", "Certificates, as PEM, that a self-managed GitLab is behind."),
    Variable("GITLAB_STATUS_CHECK", "", "Name of an external status check to answer (Ultimate)."),
    Variable("ENVIRONMENT", "staging", "How strict to be: dev, staging or prod."),
    Variable("FAIL_ON", "high", "Severity from which a finding fails the check."),
    Variable("WORKERS", "2", "Threads that review, where there is no broker."),
    Variable("LEASE", "30", "Seconds after which the work of a dead process is taken over."),
    Variable("RETRY", "4", "Seconds within which work that failed is first tried again."),
    Variable("SWEEP", "5", "Seconds between two looks for work that nobody was told of."),
    Variable("DRAIN", "20", "Seconds that work may go on once its process is told to end."),
    Variable("HOST", "127.0.0.1", "Address to listen on."),
    Variable("PORT", "8080", "Port to listen on; 0 lets the machine choose."),
    Variable("GITHUB_PAUSE", "", "Seconds between writes of one owner; empty is 1, 0 never waits."),
    Variable(
        "OPERATOR_TOKEN", "", "Opens /metrics from elsewhere; without it only this machine may."
    ),
    Variable("METRICS_PORT", "", "Port on which a worker and the sweeper show their /metrics."),
    Variable(
        "URL", "", "Where people reach this server; comments then link to its pages of rules."
    ),
    Variable("TRACES_URL", "", "OTLP endpoint over HTTP for traces; needs the extra `tracing`."),
    Variable(
        "CACHE_DIR",
        "DATA_DIR/cache",
        "Where the grammar's tables are kept, and the reports and trees of `lockstitch check`.",
    ),
)
_FROM_FILE: Final = frozenset(
    {
        "DATABASE_URL",
        "REDIS_URL",
        "GITHUB_WEBHOOK_SECRET",
        "GITHUB_WEBHOOK_SECRET_PREVIOUS",
        "GITHUB_PRIVATE_KEY",
        "GITHUB_PRIVATE_KEY_PREVIOUS",
        "GITHUB_TOKEN",
        "GITLAB_TOKEN",
        "GITLAB_OAUTH_APPLICATION_SECRET",
        "GITLAB_OAUTH_REFRESH_TOKEN",
        "GITLAB_WEBHOOK_SECRET",
        "GITLAB_WEBHOOK_SECRET_PREVIOUS",
        "GITLAB_SIGNING_TOKEN",
        "GITLAB_SIGNING_TOKEN_PREVIOUS",
        "OPERATOR_TOKEN",
    }
)
"""These may also be given as a path in NAME_FILE."""


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """An application that the bot's account has authorised, and the first refresh token."""

    number: str
    secret: str = field(repr=False)
    refresh: str = field(repr=False)
    redirect: str = ""


@dataclass(frozen=True, slots=True)
class GitLabSettings:
    """How to reach GitLab, and how it proves itself. Without a token GitLab is not looked after."""

    url: str = "https://gitlab.com"
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    """Where the token came from; read again when GitLab does not accept it any more."""
    secrets: Secrets = field(default_factory=Secrets)
    ca_file: Path | None = None
    status_check: str | None = None
    oauth: OAuthSettings | None = None
    """In place of a token."""

    @property
    def is_set(self) -> bool:
        """Whether there is anything to reach GitLab with."""
        return self.token is not None or self.oauth is not None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is configured."""

    database_url: str = field(repr=False)
    data_dir: Path
    redis_url: str | None = field(default=None, repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    app_id: int | None = None
    private_key: str | None = field(default=None, repr=False)
    previous_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    api_url: str = "https://api.github.com"
    profile: Profile = field(default_factory=Profile)
    workers: int = 2
    host: str = "127.0.0.1"
    port: int = 8080
    lease: float = 30.0
    retry: float = 4.0
    sweep: float = 5.0
    drain: float = 20.0
    cache_dir: Path | None = None
    operator_token: str | None = field(default=None, repr=False)
    metrics_port: int | None = None
    metrics_dir: Path | None = None
    """Where processes of one pod share their figures; None where each shows its own."""
    traces_url: str | None = None
    url: str = ""
    """Where people reach the server; empty where they do not."""
    pause: float | None = None
    """Seconds between writes of one owner to the forge; None is what it asks for, 0 is none."""
    gitlab: GitLabSettings = field(default_factory=GitLabSettings)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read ``LOCKSTITCH_…``. Raises ``SettingsError``."""
        read = _Reader(environment)
        data_dir = Path(read.text("DATA_DIR", "lockstitch-data"))
        secrets = (
            read.secret("GITHUB_WEBHOOK_SECRET"),
            read.secret("GITHUB_WEBHOOK_SECRET_PREVIOUS"),
        )
        return cls(
            database_url=read.secret("DATABASE_URL")
            or f"sqlite:///{data_dir / 'lockstitch.sqlite3'}",
            data_dir=data_dir,
            redis_url=read.secret("REDIS_URL"),
            webhook_secrets=tuple(secret for secret in secrets if secret is not None),
            app_id=read.number("GITHUB_APP_ID", None),
            private_key=read.secret("GITHUB_PRIVATE_KEY"),
            previous_key=read.secret("GITHUB_PRIVATE_KEY_PREVIOUS"),
            token=read.secret("GITHUB_TOKEN"),
            api_url=read.text("GITHUB_API_URL", "https://api.github.com"),
            profile=Profile(
                read.one_of("ENVIRONMENT", ENVIRONMENTS, "staging"),
                Severity(read.one_of("FAIL_ON", [s.value for s in Severity], "high")),
            ),
            workers=read.number("WORKERS", 2) or 2,
            host=read.text("HOST", "127.0.0.1"),
            port=_port(read.number("PORT", 8080)),
            cache_dir=Path(read.text("CACHE_DIR", str(data_dir / "cache"))),
            metrics_port=read.number("METRICS_PORT", None),
            metrics_dir=_shared(environment),
            url=read.text("URL", "").rstrip("/"),
            traces_url=read.text("TRACES_URL", "").rstrip("/") or None,
            operator_token=_long(read.secret("OPERATOR_TOKEN")),
            lease=max(1.0, read.seconds("LEASE") or 30.0),
            retry=read.seconds("RETRY") or 4.0,
            sweep=min(max(0.1, read.seconds("SWEEP") or 5.0), 30.0),
            drain=20.0 if (drain := read.seconds("DRAIN")) is None else drain,
            pause=read.seconds("GITHUB_PAUSE"),
            gitlab=_gitlab(read),
        )

    def pulse(self, process: str) -> Path:
        """The file that a process without a port touches for whoever watches it."""
        return self.data_dir / f"{process}.pulse"

    @property
    def has_github(self) -> bool:
        """Whether there are credentials for GitHub."""
        return self.token is not None or (self.app_id is not None and self.private_key is not None)

    def needs_secret(self) -> Settings:
        """Itself. Raises ``SettingsError`` where webhooks could not be told from forgeries."""
        missing = []
        if not self.webhook_secrets and (self.has_github or not self.gitlab.is_set):
            missing.append("GITHUB_WEBHOOK_SECRET")
        if not self.gitlab.secrets and self.gitlab.is_set:
            missing.append("GITLAB_WEBHOOK_SECRET")
        if missing:
            raise SettingsError(
                f"{PREFIX}{missing[0]} is not set. Set it to the secret of the webhook; "
                "without it nobody can tell a delivery from a forgery."
            )
        return self

    def needs_credentials(self) -> Settings:
        """Itself. Raises ``SettingsError`` where no host can be reached at all."""
        return self if self.gitlab.is_set else self.needs_github()

    def needs_github(self) -> Settings:
        """Itself. Raises ``SettingsError`` where neither an App nor a token is there."""
        if not self.has_github:
            raise SettingsError(
                f"No credentials for GitHub. Set {PREFIX}GITHUB_APP_ID and "
                f"{PREFIX}GITHUB_PRIVATE_KEY_FILE, or {PREFIX}GITHUB_TOKEN."
            )
        return self

    def needs_gitlab(self) -> Settings:
        """Itself. Raises ``SettingsError`` where there is no token for GitLab."""
        if not self.gitlab.is_set:
            raise SettingsError(
                f"No credentials for GitLab. Set {PREFIX}GITLAB_TOKEN, {PREFIX}GITLAB_TOKEN_FILE "
                f"or what begins with {PREFIX}GITLAB_OAUTH_."
            )
        return self


def _gitlab(read: _Reader) -> GitLabSettings:
    def all_of(*names: str) -> tuple[str, ...]:
        return tuple(secret for secret in map(read.secret, names) if secret is not None)

    return GitLabSettings(
        url=read.text("GITLAB_URL", "https://gitlab.com").rstrip("/"),
        token=read.secret("GITLAB_TOKEN"),
        token_file=read.path("GITLAB_TOKEN_FILE"),
        secrets=Secrets(
            all_of("GITLAB_WEBHOOK_SECRET", "GITLAB_WEBHOOK_SECRET_PREVIOUS"),
            all_of("GITLAB_SIGNING_TOKEN", "GITLAB_SIGNING_TOKEN_PREVIOUS"),
        ),
        ca_file=read.file("GITLAB_CA_FILE"),
        status_check=read.text("GITLAB_STATUS_CHECK", "") or None,
        oauth=_oauth(read),
    )


def _oauth(read: _Reader) -> OAuthSettings | None:
    """All of it or nothing. Raises ``SettingsError``."""
    number = read.text("GITLAB_OAUTH_APPLICATION_ID", "")
    secret = read.secret("GITLAB_OAUTH_APPLICATION_SECRET")
    refresh = read.secret("GITLAB_OAUTH_REFRESH_TOKEN")
    if not number and secret is None and refresh is None:
        return None
    if not number or secret is None or refresh is None:
        raise SettingsError(
            f"{PREFIX}GITLAB_OAUTH_APPLICATION_ID, {PREFIX}GITLAB_OAUTH_APPLICATION_SECRET and "
            f"{PREFIX}GITLAB_OAUTH_REFRESH_TOKEN go together; one of them is not set."
        )
    if read.secret("GITLAB_TOKEN") is not None:
        raise SettingsError(f"Set {PREFIX}GITLAB_TOKEN or {PREFIX}GITLAB_OAUTH_…, not both.")
    return OAuthSettings(number, secret, refresh, read.text("GITLAB_OAUTH_REDIRECT_URI", ""))


def _shared(environment: Mapping[str, str]) -> Path | None:
    """The variable is that of Prometheus' own library, which reads it too."""
    given = environment.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(given) if given else None


def _long(token: str | None) -> str | None:
    if token is not None and len(token) < _SHORTEST_TOKEN:
        raise SettingsError(
            f"{PREFIX}OPERATOR_TOKEN is shorter than {_SHORTEST_TOKEN} characters; take a random "
            "one, for example from `openssl rand -hex 32`."
        )
    return token


def _port(port: int | None) -> int:
    return 8080 if port is None else port


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def text(self, name: str, default: str) -> str:
        return self.environment.get(PREFIX + name) or default

    def path(self, name: str) -> Path | None:
        text = self.text(name, "")
        return Path(text) if text else None

    def file(self, name: str) -> Path | None:
        path = self.path(name)
        if path is not None and not path.is_file():
            raise SettingsError(f"{PREFIX}{name} names {path}, which is no file.")
        return path

    def secret(self, name: str) -> str | None:
        """The variable, or the file that NAME_FILE names. Empty is not allowed."""
        direct, path = (
            self.environment.get(PREFIX + name),
            self.environment.get(f"{PREFIX}{name}_FILE"),
        )
        if direct is None and path is not None and name in _FROM_FILE:
            try:
                direct = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SettingsError(
                    f"{PREFIX}{name}_FILE names {path}, which cannot be read: {error.strerror}."
                ) from error
        if direct is not None and not direct.strip():
            raise SettingsError(f"{PREFIX}{name} is empty. Give it a value or take it away.")
        return direct

    def number(self, name: str, default: int | None) -> int | None:
        text = self.environment.get(PREFIX + name)
        if text is None:
            return default
        if not text.isdigit():
            raise SettingsError(f"{PREFIX}{name} has to be a whole number, not {text!r}.")
        return int(text)

    def seconds(self, name: str) -> float | None:
        text = self.environment.get(PREFIX + name)
        if not text:
            return None
        try:
            return max(0.0, float(text))
        except ValueError as error:
            raise SettingsError(f"{PREFIX}{name} has to be seconds, not {text!r}.") from error

    def one_of(self, name: str, allowed: list[str] | tuple[str, ...], default: str) -> str:
        text = self.text(name, default)
        if text not in allowed:
            raise SettingsError(f"{PREFIX}{name} has to be one of {', '.join(allowed)}.")
        return text
