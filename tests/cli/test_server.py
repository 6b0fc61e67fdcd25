"""What the server of `gmmviz preview` answers, and to whom."""

import http.client
import json
import re
import socket
from threading import Thread

import pytest

import gmmviz as gv
from gmmviz.cli import server as module
from gmmviz.cli.server import News, PreviewServer

FILM = b"<!doctype html><title>film</title>"


@pytest.fixture
def server():
    with PreviewServer("a <b>.toml") as server:
        yield server


@pytest.fixture
def ask(server):
    """Ask the server for a path; give the response, its content read."""

    def ask(path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request(method, path, headers={name.capitalize(): value for name, value in headers.items()})
        response = connection.getresponse()
        response.content = response.read()
        connection.close()
        return response

    return ask


@pytest.fixture
def listen(server):
    """Listen to the events; give a function that returns the next one's data."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", f"/{server.token}/events")
    response = connection.getresponse()
    assert response.getheader("Content-Type") == "text/event-stream"

    def heard():
        line = response.readline()
        assert response.readline() == b"\n"
        return line.decode()

    yield heard
    response.close()
    connection.close()


def test_it_listens_on_this_machine_alone(server):
    assert server.socket.getsockname() == ("127.0.0.1", server.port)
    assert server.url == f"http://127.0.0.1:{server.port}/{server.token}/"


def test_each_server_has_a_token_of_its_own(server):
    with PreviewServer("b.toml") as other:
        assert other.token != server.token
    assert len(server.token) >= 20


def test_page_names_the_scene_and_brings_all_it_needs(server, ask):
    found = ask(f"/{server.token}/")
    page = found.content.decode()

    assert (found.status, found.getheader("Content-Type")) == (200, "text/html; charset=utf-8")
    assert "<h1>a &lt;b&gt;.toml</h1>" in page
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["data:,"]


def test_policy_names_the_nonce_of_this_page(server, ask):
    nonces = set()
    for _ in range(2):
        found = ask(f"/{server.token}/")
        (nonce, *others) = re.findall(r'nonce="([^"]+)"', found.content.decode())
        assert others == [nonce]
        assert found.getheader("Content-Security-Policy") == (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; "
            "connect-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        nonces.add(nonce)
    assert len(nonces) == 2


def test_film_is_that_of_the_last_telling(server, ask):
    assert ask(f"/{server.token}/film").status == 404
    server.tell(b"first")
    server.tell(FILM)
    found = ask(f"/{server.token}/film?2")

    assert (found.status, found.content, server.news.film) == (200, FILM, 2)
    assert found.getheader("Content-Security-Policy") == "frame-ancestors 'self'"


@pytest.mark.parametrize("name", ["", "film", "events"])
def test_nothing_is_kept_or_given_to_others(server, ask, name):
    server.tell(FILM)
    server.ended = name == "events"  # or they would go on
    found = ask(f"/{server.token}/{name}")

    assert found.getheader("Cache-Control") == "no-store"
    assert found.getheader("X-Content-Type-Options") == "nosniff"
    assert found.getheader("Referrer-Policy") == "no-referrer"
    assert found.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    assert found.getheader("Server").strip() == "gmmviz"


@pytest.mark.parametrize(
    "path",
    [
        "/", "/film", "/events", "//film", "/x/film", "/{token}", "/{token}x/", "/{less}/", "/{token}/film.toml", "/{token}/film/",
        "/{token}//film", "/{token}/../../etc/passwd", "/{token}/%2e%2e/", "/{token}/./film", "/{token}/preview.js", "{token}/film.html",
        "/?{token}/", "http://127.0.0.1/{token}/", "*",
    ],
)  # fmt: skip
def test_nothing_else_is_answered(server, ask, path):
    server.tell(FILM)
    found = ask(path.format(token=server.token, less=server.token[:-1]))

    assert found.status == 404
    assert b"passwd" not in found.content
    assert server.token.encode() not in found.content


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "evil.example:{port}", ""]
)
def test_who_came_by_another_name_is_not_answered(server, ask, host):
    """As a page elsewhere does whose name suddenly leads to this machine (DNS rebinding)."""
    assert ask(f"/{server.token}/", host=host.format(port=server.port)).status == 404


def test_request_without_a_host_or_with_two_or_in_odd_letters_is_not_answered(server):
    own = f"Host: 127.0.0.1:{server.port}\r\n"
    for token, hosts in ((server.token, ""), (server.token, f"{own}Host: evil.example\r\n"), ("\u00e9", own)):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(f"GET /{token}/ HTTP/1.0\r\n{hosts}\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.0 404 ")


def test_localhost_is_a_name_of_this_machine(server, ask):
    assert ask(f"/{server.token}/", host=f"localhost:{server.port}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_asking_is_possible(server, ask, method):
    assert ask(f"/{server.token}/", method).status == 501


def test_events_tell_what_has_changed(server, listen):
    assert json.loads(listen().removeprefix("data: ")) == {"film": 0, "making": True, "error": "", "notes": []}
    server.tell(FILM, making=False, notes=("small letters",))
    assert json.loads(listen().removeprefix("data: ")) == {
        "film": 1, "making": False, "error": "", "notes": ["small letters"]
    }  # fmt: skip
    server.tell(making=False, error="a\nb", notes=())
    assert json.loads(listen().removeprefix("data: ")) == {
        "film": 1,
        "making": False,
        "error": "a\nb",
        "notes": [],
    }


def test_page_that_has_nothing_to_hear_is_written_to_all_the_same(server, monkeypatch):
    monkeypatch.setattr(module, "ALIVE", 0.01)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(
            f"GET /{server.token}/events HTTP/1.0\r\nHost: localhost:{server.port}\r\n\r\n".encode()
        )
        with connection.makefile("rb") as said:
            lines = iter(said.readline, b"")
            assert any(line.startswith(b"data: ") for line in lines)
            assert next(lines) == b"\n"
            assert next(lines) == b": still here\n"


def test_events_end_with_the_server(server):
    heard = []

    def hear():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", f"/{server.token}/events")
        response = connection.getresponse()
        heard.append(response.readline())
        server.__exit__(None, None, None)
        heard.append(response.read())
        connection.close()

    thread = Thread(target=hear)
    thread.start()
    thread.join(10)

    assert not thread.is_alive()
    assert heard[0].startswith(b"data: ")
    assert heard[1].count(b"data: ") <= 1


def test_browser_that_goes_away_is_no_fault(server, ask, capfd):
    for _ in range(3):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, no farewell
        connection.sendall(f"GET /{server.token}/ev".encode())
        connection.close()

    assert ask(f"/{server.token}/").status == 200
    assert capfd.readouterr() == ("", "")


def test_port_that_is_taken_is_refused(server):
    with pytest.raises(gv.RenderError) as caught:
        PreviewServer("a.toml", server.port)

    assert str(caught.value) == (
        f"port {server.port} cannot be used (Address already in use): give another with --port, or leave it out"
    )


def test_news_that_are_known_are_waited_for(server, monkeypatch):
    monkeypatch.setattr(module, "ALIVE", 0.01)

    assert server.next(None) == News()
    assert server.next(News()) == News()
