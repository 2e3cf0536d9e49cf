"""The local page's server: Streamlit on 127.0.0.1 behind a guard, with no network and nothing sent home.

Streamlit's own ``server.allowedHosts`` looks at the websocket only. The guard here stands before everything: a foreign
Host (DNS rebinding), a foreign Origin (a page on another port opening the websocket) and another site's fetch of a
file are refused.

The page's parts are imported while the browser loads Streamlit's own scripts: one after the other took a second more.
"""

import asyncio
import logging
import os
import pkgutil
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from importlib import import_module
from typing import Any

from geo import page
from geo.errors import GeoError
from geo.resources import resource

__all__ = ["Guard", "Quick", "free_socket", "serve"]

_ADDRESS = "127.0.0.1"
_PORTS_TRIED = 100
_OPTIONS = {
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "STREAMLIT_CLIENT_SHOW_ERROR_LINKS": "false",
    "STREAMLIT_CLIENT_TOOLBAR_MODE": "minimal",
    "STREAMLIT_LOGGER_LEVEL": "warning",
    "STREAMLIT_SERVER_ADDRESS": _ADDRESS,
    "STREAMLIT_SERVER_ENABLE_STATIC_SERVING": "false",
    "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    "STREAMLIT_SERVER_HEADLESS": "true",
    "STREAMLIT_THEME_BASE_FONT_SIZE": "15",
    "STREAMLIT_THEME_BASE_RADIUS": "6px",
    "STREAMLIT_THEME_LIGHT_PRIMARY_COLOR": "#0072B2",
    "STREAMLIT_THEME_LIGHT_BACKGROUND_COLOR": "#FFFFFF",
    "STREAMLIT_THEME_LIGHT_SECONDARY_BACKGROUND_COLOR": "#F5F3EE",
    "STREAMLIT_THEME_LIGHT_TEXT_COLOR": "#22303A",
    "STREAMLIT_THEME_LIGHT_BORDER_COLOR": "#E0DCD2",
    "STREAMLIT_THEME_DARK_PRIMARY_COLOR": "#56B4E9",
    "STREAMLIT_THEME_DARK_BACKGROUND_COLOR": "#14191D",
    "STREAMLIT_THEME_DARK_SECONDARY_BACKGROUND_COLOR": "#1D242A",
    "STREAMLIT_THEME_DARK_TEXT_COLOR": "#E8E6E0",
    "STREAMLIT_THEME_DARK_BORDER_COLOR": "#3B434A",
}


class Guard:
    """ASGI middleware that answers this server's own page only."""

    def __init__(self, app: Callable[..., Any], port: int) -> None:
        """Guard ``app``, which listens on ``port``."""
        self._app = app
        self._hosts = {f"{name}:{port}" for name in (_ADDRESS, "localhost")}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, or answer 403."""
        if scope["type"] not in {"http", "websocket"} or self._is_own(_headers(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the server answers 403
        else:
            head = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": head})
            await send({"type": "http.response.body", "body": b"This page is for this computer only.\n"})

    def _is_own(self, headers: Mapping[str, str]) -> bool:
        if headers.get("host", "").lower() not in self._hosts:
            return False
        if headers.get("origin", next(iter(self._origins))) not in self._origins:
            return False
        # Browsers say where a fetch comes from; a link or a typed address may come from anywhere.
        own_fetch = headers.get("sec-fetch-site", "none") in {"same-origin", "none"}
        return own_fetch or headers.get("sec-fetch-dest") == "document"


class Quick:
    """ASGI middleware for the first map: nothing is compressed, and a session begins once a thread has ended.

    To compress the outlines of the world takes longer than to hand them over on one computer. Only a session runs the
    page, so no two threads import its parts at once: of packages that import in circles the second would get half.
    """

    def __init__(self, app: Callable[..., Any], warming: threading.Thread) -> None:
        """Let the sessions of ``app`` wait for ``warming``, which has been started before the first request."""
        self._app, self._warming = app, warming

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on as one that takes no compressed answer."""
        if scope["type"] == "websocket":
            await asyncio.to_thread(self._warming.join)
        if scope["type"] == "http":
            scope = scope | {"headers": [(k, v) for k, v in scope["headers"] if k.lower() != b"accept-encoding"]}
        await self._app(scope, receive, send)


def serve(environment: Mapping[str, str], *, port: int, browser: bool) -> None:
    """Serve the page until Ctrl-C; print its address on one line once it answers.

    ``environment`` tells the page what to show (``DATELINE_FOLDER`` and its fellows). A port that is taken gives way
    to the next free one. ``browser`` opens the page in the user's browser.

    Raises:
        GeoError: no port is free.
    """
    with closing(free_socket(port)) as listening:
        number = listening.getsockname()[1]
        os.environ.update(_OPTIONS | {"STREAMLIT_SERVER_PORT": str(number)} | dict(environment))
        _run(listening, f"http://{_ADDRESS}:{number}", number, browser)


def free_socket(port: int) -> socket.socket:
    """Return a socket that listens on ``port`` of this computer alone, or on the next free one; 0 takes any.

    Raises:
        GeoError: none of a hundred is free.
    """
    for number in range(port, min(port + _PORTS_TRIED, 65_536)) if port else (0,):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name != "nt":  # on Windows this would share a port that another program listens on
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((_ADDRESS, number))
            listening.listen()
        except OSError:
            listening.close()
        else:
            return listening
    raise GeoError(f"no port from {port} on is free")


def _run(listening: socket.socket, url: str, port: int, browser: bool) -> None:
    import streamlit
    import uvicorn
    from starlette.middleware import Middleware

    @asynccontextmanager
    async def announced(_app: Any) -> AsyncIterator[None]:
        for name in ("uvicorn.access", "uvicorn.error"):  # Streamlit has set them to tell every request
            logging.getLogger(name).setLevel(logging.ERROR)
        warming.start()
        print(url, flush=True)
        if browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        yield

    warming = threading.Thread(target=_import_page, daemon=True)
    middleware = [Middleware(Guard, port=port), Middleware(Quick, warming=warming)]
    app = streamlit.App(resource("dashboard.py"), lifespan=announced, middleware=middleware)
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
    with suppress(KeyboardInterrupt):  # uvicorn has shut down by the time it passes Ctrl-C on
        uvicorn.Server(config).run(sockets=[listening])


def _import_page() -> None:
    for part in pkgutil.iter_modules(page.__path__, f"{page.__name__}."):
        import_module(part.name)


def _headers(scope: Any) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
