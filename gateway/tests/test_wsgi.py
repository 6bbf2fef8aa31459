"""The gateway as gunicorn runs it: a process of its own, unpatched, without a broker."""

import http.client
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal_chassis import metrics
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import free_port

SECONDS = 20


def test_importing_the_gateway_brings_neither_eventlet_nor_nameko_nor_a_database():
    code = (
        "import sys, gateway.wsgi, gateway.app;"
        "found = {name.split('.')[0] for name in sys.modules};"
        "print(sorted(found & {'eventlet', 'nameko', 'sqlalchemy', 'psycopg'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_it_reads_no_setting():
    broken = os.environ | {"PORTAL_PUBLIC_URL": "nonsense"}
    command = [sys.executable, "-c", "import gateway.wsgi"]
    assert subprocess.run(command, env=broken, check=False).returncode == 0


def test_wrong_settings_are_a_sentence_when_the_application_is_asked_for():
    broken = os.environ | {"PORTAL_PUBLIC_URL": "nonsense"}
    command = [sys.executable, "-c", "from gateway.wsgi import application"]
    done = subprocess.run(command, env=broken, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "PORTAL_PUBLIC_URL: must be an address like" in done.stderr


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """gunicorn with two workers, and a broker address where nobody listens."""
    port = free_port()
    folder = tmp_path_factory.mktemp("gunicorn")
    counts = folder / "metrics"
    counts.mkdir()
    environ = os.environ | {
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORTAL_AMQP_URI": f"amqp://latchkey-gateway:secret@127.0.0.1:{free_port()}//",
        "PROMETHEUS_MULTIPROC_DIR": str(counts),
        "GATEWAY_METRICS_TOKEN": "scrape-me",
    }
    # What a worker of a former start has left behind.
    former = (
        "from gateway.web.begin_request import REQUESTS;"
        "REQUESTS.labels('/robots.txt', 'GET', '200').observe(1)"
    )
    subprocess.run([sys.executable, "-c", former], env=environ, check=True)
    assert list(counts.glob("*.db"))
    command = [sys.executable, "-m", "gunicorn", "--config", "python:gateway.serving"]
    command += ["--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
    log = (folder / "log").open("w")
    process = subprocess.Popen([*command, "gateway.wsgi:application"], env=environ, stderr=log)

    def lives():
        assert process.poll() is None
        try:
            return ask(port, "GET", "/health/live")[0] == 200
        except OSError:
            return False

    assert wait_until(lives, within=SECONDS)
    yield port
    process.terminate()
    assert process.wait(SECONDS) == 0
    log.close()


def ask(port, method, path, headers=None, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def test_pages_that_need_nobody_are_served_without_a_broker(port):
    status, headers, content = ask(port, "GET", "/", {"Accept": "text/html"})
    assert status == 200
    assert b"<h1" in content
    assert headers["Content-Security-Policy"]
    assert ask(port, "HEAD", "/")[2] == b""


def test_pages_that_need_somebody_say_503_within_five_seconds(port):
    started = time.monotonic()
    status, headers, _ = ask(
        port, "GET", "/home", {"Cookie": f"lk_device={'x' * 43}", "Accept": "text/html"}
    )
    assert (status, headers["Retry-After"]) == (503, "5")
    assert time.monotonic() - started < 5


def test_readiness_names_the_broker(port):
    status, _, content = ask(port, "GET", "/health/ready")
    assert status == 503
    assert b'"missing":"broker"' in content


def test_the_workers_count_together_and_from_their_start_on(port):
    answered = 'portal_gateway_request_seconds_count{method="GET",route="/robots.txt",status="200"}'

    def scraped():
        status, headers, content = ask(
            port, "GET", "/metrics", {"Authorization": "Bearer scrape-me"}
        )
        assert (status, headers["Content-Type"][:10]) == (200, "text/plain")
        return dict(line.rsplit(" ", 1) for line in content.decode().splitlines() if line[0] != "#")

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: ask(port, "GET", "/robots.txt")[0], range(40)))
        seen = list(pool.map(lambda _: scraped(), range(8)))
    assert set(statuses) == {200}
    assert {float(numbers[answered]) for numbers in seen} == {40.0}
    assert f'portal_build_info{{version="{metrics.portal_version()}"}}' in seen[0]


def raw(port, request):
    with socket.create_connection(("127.0.0.1", port), SECONDS) as wire:
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        answer = b""
        while part := wire.recv(65_536):
            answer += part
    return answer


POST = b"POST /theme HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (POST + FORM + b"Content-Length: 500\r\n\r\ntheme=dark", (400,)),
        (POST + FORM + b"Content-Length: 9000000\r\n\r\ntheme=dark", (413,)),
        (POST + FORM + b"Content-Length: -1\r\n\r\ntheme=dark", (400,)),
        (POST + FORM + b"Content-Length: 3\r\nContent-Length: 10\r\n\r\ntheme=dark", (400,)),
        (POST + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", (415,)),
        (b"GET /%00%ff%c0%ae/../x HTTP/1.1\r\nHost: x\r\n\r\n", (400, 404)),
        (b"GET /home\x00 HTTP/1.1\r\nHost: x\r\n\r\n", (400, 404)),
        (b"GET http://evil.example/home HTTP/1.1\r\nHost: evil.example\r\n\r\n", (303, 400, 404)),
        (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b; " * 1000 + b"\r\n\r\n", (200, 400, 431)),
        (b"nonsense\r\n\r\n", (400,)),
    ],
)
def test_bad_bytes_on_the_wire_get_a_4xx(port, request_bytes, statuses):
    answer = raw(port, request_bytes)
    status = int(answer.split(b" ", 2)[1])
    assert status in statuses, answer[:300]
    assert b"evil.example" not in answer
    assert b"Traceback" not in answer
