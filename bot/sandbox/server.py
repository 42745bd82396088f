"""The sandbox as a running server on this machine."""

from __future__ import annotations

import logging
import secrets
import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, make_server

from . import gitlab_rest
from .app_setup import create_setup
from .forge import Forge
from .gitlab_forge import GitLabForge
from .hooks import Target
from .pages import create_pages
from .rest import create_blueprint


def create_app(forge: Forge, private_key: str, public_key: str) -> Flask:
    """The forge's HTTP face: the API and the pages."""
    app = Flask(__name__)
    if isinstance(forge, GitLabForge):
        app.register_blueprint(gitlab_rest.create_blueprint(forge))
    else:
        app.register_blueprint(create_blueprint(forge, lambda: public_key))
        app.register_blueprint(create_setup(forge, lambda: private_key))
    app.register_blueprint(create_pages(forge))

    @app.errorhandler(404)
    @app.errorhandler(405)
    def unknown(error: HTTPException) -> HTTPException | tuple[Response, int]:
        if not request.path.startswith("/api/"):
            return error
        return jsonify({"message": "Not Found", "status": "404"}), 404

    return app


@cache
def _key_pair() -> tuple[str, str]:
    """Private and public key of the App, one pair a process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@dataclass(slots=True)
class Sandbox:
    """A forge that listens. ``private_key`` is that of the App the bot is on GitHub, ``token`` what
    lets it in on GitLab.
    """

    forge: Forge
    app: Flask
    private_key: str
    _server: BaseWSGIServer
    _thread: threading.Thread
    token: str = field(default="", repr=False)

    @classmethod
    def start(
        cls,
        directory: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        webhook: Target | None = None,
        kind: str = "github",
    ) -> Sandbox:
        """Listen; port 0 lets the machine choose. ``kind`` is "github" or "gitlab"."""
        private, public = _key_pair()
        forge = GitLabForge(directory) if kind == "gitlab" else Forge(directory)
        forge.hooks.target = webhook
        app = create_app(forge, private, public)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = make_server(host, port, app, threaded=True)
        forge.url = f"http://{host}:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, name="sandbox", daemon=True)
        thread.start()
        token = f"glpat-{secrets.token_urlsafe(15)}"
        if kind == "gitlab":
            forge.world.tokens[token] = forge.bot
        return cls(forge, app, private, server, thread, token)

    @property
    def url(self) -> str:
        """Where people look."""
        return self.forge.url

    @property
    def api_url(self) -> str:
        """What a client takes as the API's base."""
        return self.forge.url if self.kind == "gitlab" else f"{self.forge.url}/api/v3"

    @property
    def kind(self) -> str:
        """Which host this stands in for."""
        return "gitlab" if isinstance(self.forge, GitLabForge) else "github"

    @property
    def webhook_path(self) -> str:
        """Where the bot hears of it."""
        return f"/webhooks/{self.kind}"

    def send_webhooks_to(self, url: str, secret: str) -> None:
        """From now on webhooks go there."""
        self.forge.hooks.target = Target(url, secret)

    def stop(self) -> None:
        """End; what was queued is sent first."""
        self.forge.hooks.close()
        self._server.shutdown()
        self._thread.join(timeout=10)
        self._server.server_close()
