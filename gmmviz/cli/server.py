"""The server of `gmmviz preview`: one page and the film in it, for the browser on this machine and nobody else.

It listens on 127.0.0.1 alone. Whoever asks must know a random token, which is part of the address, and must have
come by that address, not by a name of their own that leads here. It knows three names and no files: the page, the
film, and the events that tell the page what has changed (https://html.spec.whatwg.org/#server-sent-events).
"""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import asdict, dataclass, replace
from functools import cache
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from importlib.resources import files
from socketserver import ThreadingTCPServer
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Self

from gmmviz.errors import RenderError

ADDRESS = "127.0.0.1"
ALIVE = 15.0  # seconds after which a page without news is written to, so that one that has gone is noticed
POLL = 0.1  # seconds that ending it may take
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; "
    "connect-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
FILM_POLICY = "frame-ancestors 'self'"  # the film has a policy of its own inside, too


@dataclass(frozen=True, slots=True)
class News:
    """What the page says.

    Parameters
    ----------
    film : int
        The number of the latest film without a mistake; 0 if there is none yet.
    making : bool
        Whether the next one is under way.
    error : str
        What is wrong with the scene as it is saved; the film is then that of a version before.
    notes : tuple of str
        What the user should know about the film.
    """

    film: int = 0
    making: bool = True
    error: str = ""
    notes: tuple[str, ...] = ()


class PreviewServer(ThreadingTCPServer):
    """A server that runs in threads of its own while its context lasts.

    Parameters
    ----------
    name : str
        What the page is called.
    port : int
        Of 127.0.0.1; 0 for any that is free.

    Raises
    ------
    RenderError
        If the port is not free.
    """

    daemon_threads = True
    block_on_close = False  # a browser may hold a connection open that it has not asked anything on
    allow_reuse_address = True

    def __init__(self, name: str, port: int = 0) -> None:
        self.name = name
        self.token = secrets.token_urlsafe(16)
        self.film = b""
        self.news = News()
        self.changed = Condition()
        self.ended = False
        try:
            super().__init__((ADDRESS, port), _Handler)
        except OSError as error:
            raise RenderError(
                f"port {port} cannot be used ({error.strerror}): give another with --port, or leave it out"
            ) from error

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{ADDRESS}:{self.port}/{self.token}/"

    def tell(self, film: bytes | None = None, **changes: Any) -> None:
        """Let the page say something else, and show another film.

        Parameters
        ----------
        film : bytes, optional
            The page of its player.
        **changes : object
            Fields of `News`.
        """
        with self.changed:
            if film is not None:
                self.film = film
                changes["film"] = self.news.film + 1
            self.news = replace(self.news, **changes)
            self.changed.notify_all()

    def next(self, known: News | None) -> News:
        """Return the news as soon as they differ from those that are known, or after a while all the same."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or self.news != known, ALIVE)
            return self.news

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, args=(POLL,), name="gmmviz preview", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.changed:
            self.ended = True
            self.changed.notify_all()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that breaks a connection off."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: PreviewServer
    server_version = "gmmviz"
    sys_version = ""
    timeout = 60  # seconds for a request to come in

    def do_GET(self) -> None:
        """Answer."""
        if not self._allowed():
            return self.send_error(HTTPStatus.NOT_FOUND)
        match self._name:
            case "":
                nonce = secrets.token_urlsafe(16)
                return self._send(_page(self.server.name, nonce), POLICY.format(nonce=nonce))
            case "film" if self.server.film:
                return self._send(self.server.film, FILM_POLICY)
            case "events":
                return self._send_events()
            case _:
                return self.send_error(HTTPStatus.NOT_FOUND)

    def _allowed(self) -> bool:
        """Whether the request has the token, and came by this server's own name (else a page elsewhere asks)."""
        given = self.path.removeprefix("/").partition("/")[0]
        hosts = [f"{name}:{self.server.port}" for name in (ADDRESS, "localhost")]
        return secrets.compare_digest(given.encode(), self.server.token.encode()) and (
            self.headers.get_all("Host", []) in [[host] for host in hosts]
        )

    @property
    def _name(self) -> str | None:
        """What is asked for, behind the token and before the question mark."""
        _, slash, name = self.path.partition("?")[0].removeprefix("/").partition("/")
        return name if slash else None

    def _send(self, content: bytes, policy: str) -> None:
        self._head("text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(content)

    def _send_events(self) -> None:
        self._head("text/event-stream")
        self.end_headers()
        told = None
        while not self.server.ended:
            news = self.server.next(told)
            said = ": still here\n\n" if news == told else f"data: {json.dumps(asdict(news))}\n\n"
            self.wfile.write(said.encode())
            self.wfile.flush()
            told = news

    def _head(self, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each request."""


def _page(name: str, nonce: str) -> bytes:
    parts = {"style": _part("preview.css"), "script": _part("preview.js")}
    return _part("preview.html").format(name=escape(name), nonce=nonce, **parts).encode()


@cache
def _part(name: str) -> str:
    return (files("gmmviz.cli") / "web" / name).read_text(encoding="utf-8")
