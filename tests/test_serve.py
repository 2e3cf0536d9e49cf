import asyncio
import socket
import threading
from contextlib import closing
from typing import Any

import pytest

from geo.errors import GeoError
from geo.serve import Guard, Quick, free_socket

PAGE = {"host": "127.0.0.1:8501"}


def answer(kind: str, headers: dict[str, str]) -> list[Any]:
    """Return what comes back through the guard of port 8501; the page itself answers "page"."""
    sent: list[Any] = []

    async def page(_scope: Any, _receive: Any, send: Any) -> None:
        await send("page")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "headers": [(k.encode(), v.encode()) for k, v in headers.items()]}
    asyncio.run(Guard(page, port=8501)(scope, None, send))
    return sent


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        PAGE,
        {"Host": "LOCALHOST:8501"},
        PAGE | {"origin": "http://127.0.0.1:8501"},
        PAGE | {"origin": "http://localhost:8501", "sec-fetch-site": "same-origin"},
        PAGE | {"sec-fetch-site": "none", "sec-fetch-dest": "document"},
        PAGE | {"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"},
    ],
)
def test_the_own_page_passes(kind: str, headers: dict[str, str]) -> None:
    assert answer(kind, headers) == ["page"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "127.0.0.1"},
        {"host": "127.0.0.1:8502"},
        {"host": "evil.example:8501"},
        {"host": "127.0.0.1.evil.example:8501"},
        PAGE | {"origin": "http://evil.example"},
        PAGE | {"origin": "http://127.0.0.1:3000"},
        PAGE | {"origin": "https://127.0.0.1:8501"},
        PAGE | {"origin": "null"},
        PAGE | {"sec-fetch-site": "cross-site", "sec-fetch-dest": "script"},
        PAGE | {"sec-fetch-site": "same-site", "sec-fetch-dest": "empty"},
        PAGE | {"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"},
    ],
)
def test_everything_else_is_refused(headers: dict[str, str]) -> None:
    assert answer("http", headers)[0]["status"] == 403
    assert answer("websocket", headers) == [{"type": "websocket.close", "code": 1008}]


def test_the_servers_own_life_cycle_passes() -> None:
    assert answer("lifespan", {}) == ["page"]


def test_a_session_begins_once_the_page_is_imported() -> None:
    told: list[str] = []

    async def page(scope: Any, _receive: Any, _send: Any) -> None:
        told.append(scope["type"])

    async def scene() -> None:
        imported = threading.Event()
        warming = threading.Thread(target=imported.wait)
        warming.start()
        quick = Quick(page, warming)
        session = asyncio.create_task(quick({"type": "websocket"}, None, None))
        await quick({"type": "http", "headers": []}, None, None)
        assert not session.done()
        imported.set()
        await session

    asyncio.run(scene())
    assert told == ["http", "websocket"]


def test_nothing_is_compressed_on_its_way_through_this_computer() -> None:
    seen: list[Any] = []

    async def page(scope: Any, _receive: Any, _send: Any) -> None:
        seen.extend(scope["headers"])

    headers = [(b"Accept-Encoding", b"gzip, br"), (b"host", b"127.0.0.1:8501")]
    asyncio.run(Quick(page, threading.Thread())({"type": "http", "headers": headers}, None, None))
    assert seen == headers[1:]


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with closing(free_socket(0)) as taken:
        address, port = taken.getsockname()
        assert address == "127.0.0.1"
        with closing(free_socket(port)) as other:
            assert port < other.getsockname()[1] <= port + 100


def test_no_free_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise OSError("taken")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(GeoError, match="no port from 8501 on is free"):
        free_socket(8501)
