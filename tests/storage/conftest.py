"""A real S3 server over HTTP on loopback, and a wire to it that can be cut."""

import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field

import pytest

PUBLIC = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}]}"""
BLOCK = 1 << 14


@dataclass
class Server:
    """A server of S3 with one bucket, `data`, that everybody may read."""

    url: str
    environment: dict[str, str]

    def behind(self, url):
        """Return the environment of a program that reaches the server at another `url`."""
        return {**self.environment, "AWS_ENDPOINT_URL": url}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=1)
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def server():
    """Start moto's server and make the bucket."""
    pytest.importorskip("moto.server", reason="scripts/setup s3")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            if answers(f"{url}/moto-api/"):
                break
            time.sleep(0.1)
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "secret-of-the-test"}
        yield Server(
            url, {**os.environ, **keys, "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": url}
        )
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def s3(server, monkeypatch):
    """Return fsspec's file system of the server, with a new and empty bucket `data`."""
    s3fs = pytest.importorskip("s3fs", reason="scripts/setup s3")
    for name, value in server.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{server.url}/moto-api/reset", method="POST"))
    s3fs.S3FileSystem.clear_instance_cache()  # of an earlier test's addresses
    system = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
    system.mkdir("data")
    system.call_s3("put_bucket_policy", Bucket="data", Policy=PUBLIC)
    return system


@dataclass
class Wire:
    """Carries bytes to the server, and cuts the wire, once, in the midst of a request.

    Attributes:
        target: port of the server.
        until: what the path of the request holds that is cut.
        after: bytes of it that are let through.
        cuts: the first lines of requests that were cut; afterwards nothing is let through.
    """

    target: int
    until: str
    after: int
    cuts: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, ours):
        with socket.create_connection(("127.0.0.1", self.target)) as theirs:
            back = threading.Thread(target=self.answer, args=(theirs, ours), daemon=True)
            back.start()
            left, named = None, ""
            while block := ours.recv(BLOCK):
                first = block.split(b"\r\n", 1)[0].decode("latin-1")
                if first.startswith("PUT") and self.until in first:
                    left, named = self.after, first
                if self.cuts:
                    break
                if left is not None and len(block) >= left:
                    theirs.sendall(block[:left])
                    with self.lock:
                        self.cuts.append(named)
                    break
                left = None if left is None else left - len(block)
                theirs.sendall(block)
            for end in (ours, theirs):
                end_of(end)

    @staticmethod
    def answer(theirs, ours):
        try:
            while block := theirs.recv(BLOCK):
                ours.sendall(block)
        except OSError:
            return


def end_of(end):
    """Close both ways of a connection, whatever is left of it."""
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


@pytest.fixture
def wire(server):
    """Return what starts a wire that is cut, and its address."""
    started = []

    def start(until, after):
        one = Wire(int(server.url.rsplit(":", 1)[1]), until, after)

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                one.carry(self.request)

        front = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        front.daemon_threads = True
        threading.Thread(target=front.serve_forever, daemon=True).start()
        started.append(front)
        return one, f"http://127.0.0.1:{front.server_address[1]}"

    yield start
    for front in started:
        front.shutdown()
        front.server_close()
