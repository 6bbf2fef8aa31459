"""Lets the tests of the pages import the gallery that stands beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from tests.kit.browser import launch


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def chromium(playwright):
    """One browser for the tests of a module; Playwright itself is the whole run's."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def live(request, build):
    """A house whose gateway answers at a real address: `house.address`; its param: settings."""
    server = make_server("localhost", 0, None, server_class=Server, handler_class=Quiet)
    address = f"http://localhost:{server.server_port}"
    house = build(public_url=address, **getattr(request, "param", {}))
    server.set_app(house.app)
    house.address = address
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield house
    server.shutdown()
    server.server_close()
    thread.join()
