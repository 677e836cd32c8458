"""Uploads by a worker: one file over TLS to a storage on this machine, beside `curl -T` of the same file to the same
storage, in turn; and what the worker's memory does meanwhile.

    make bench-upload            # 1 GiB and 100 MiB; BENCH_UPLOAD_MIB=256 for a trial, BENCH_UPLOAD_ROUNDS=3 for fewer

The worker is the product's (Celery, prefork, one process) with its whole road: the row, the lease, FastPix asked for an
address, turns of 20 s. The clock runs from the ring of the task until storage holds the last byte. The storage is at
127.0.0.2, because addresses the client takes for the sandbox's own ignore the machine's REQUESTS_CA_BUNDLE.
"""

import contextlib
import http.client
import json
import os
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench.stage import SHARED, Process, Stage, Target, conclude, in_turn, medians, stage
from tests.redis_server import free_port

HOST = "127.0.0.2"
MIB = 1024**2
LARGE = int(os.environ.get("BENCH_UPLOAD_MIB", "1024"))
SMALL = max(1, LARGE * 100 // 1024)
ROUNDS = int(os.environ.get("BENCH_UPLOAD_ROUNDS", "5"))
LONGEST = 300  # seconds one upload may take

WORKSPACE = """
from workspace_app.models import User, Workspace
User.objects.create_user("bench@example.com", "a long enough pass phrase")
Workspace.objects.create(name="Bench", slug="bench", token_id="bench", secret_key="bench", sandbox=True,
    api_url={api!r}, upload_url={storage!r}, stream_url={api!r}, images_url={api!r})
"""
RING = """
import os, time
from media_app.services import transfers
from media_app.services.media_settings import Asked
from media_app.tasks.transfers import wake
from workspace_app.models import User, Workspace
begun, problems = transfers.start(Workspace.objects.get(), User.objects.get(), [{file!r}],
    Asked({{"accessPolicy": "public", "maxResolution": "1080p", "mediaQuality": "standard"}}))
assert not problems, problems
print(time.time(), flush=True)
wake()
os._exit(0)  # taking the interpreter down costs as much processor as 200 MiB of TLS, beside what is measured
"""


class Storage:
    """The sink, and as much FastPix beside it as a worker asks for: an upload address."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        self.certificate = _certificate(folder)
        self.port = free_port()
        self.url = f"https://{HOST}:{self.port}"
        self._trusted = ssl.create_default_context(cafile=str(self.certificate))
        sink = [sys.executable, SHARED / "upload_sink.py", "--host", HOST, "--port", self.port]
        stage.start("sink", *map(str, sink), "--cert", str(self.certificate), "--key", str(folder / "key.pem"))
        self.opened: list[str] = []
        for _ in range(100):
            with contextlib.suppress(OSError):
                self._line().request("GET", "/stats")
                break
            time.sleep(0.1)
        self._asking = self._line()  # kept open: a handshake for each look would slow down what is measured

    def _line(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(HOST, self.port, context=self._trusted, timeout=10)

    def open(self) -> str:
        """A started session's address."""
        line = self._line()
        line.request("POST", "/upload")
        self.opened.append(line.getresponse().getheader("Location") or "")
        return self.opened[-1]

    def holds(self, address: str, size: int) -> bool:
        self._asking.request("GET", urlsplit(address).path)
        told = json.loads(self._asking.getresponse().read())
        return bool(told["done"]) and told["bytes"] == size


@contextlib.contextmanager
def fastpix(port: int, storage: Storage) -> Iterator[None]:
    """Answers every call of the API with an upload address."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            address = f"{storage.open()}?upload_id=1"
            data = {"uploadId": str(uuid.uuid4()), "url": address, "timeout": 14400, "status": "waiting"}
            body = json.dumps({"success": True, "data": data}).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class Sending:
    """One worker and curl, each sending one of two files when told to; speeds in MiB/s, memory in MiB."""

    def __init__(self, stage: Stage, storage: Storage, worker: Process, folder: Path) -> None:
        self.stage, self.storage, self.worker, self.folder = stage, storage, worker, folder
        self.idle = resident(worker)
        self.most: dict[int, list[float]] = {LARGE: [], SMALL: []}

    def by_worker(self, mib: int) -> float:
        for pid in family(self.worker):
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # from here on VmHWM is the peak of this upload
        before, size = len(self.storage.opened), mib * MIB
        rung = float(self.stage.python(RING.format(file=f"{mib}.mp4")))
        deadline = time.monotonic() + LONGEST
        while len(self.storage.opened) == before or not self.storage.holds(self.storage.opened[-1], size):
            if time.monotonic() > deadline:
                raise AssertionError(f"the worker did not send it:\n{self.worker.log[-3000:]}")
            time.sleep(0.02)
        seconds = time.time() - rung
        self.most[mib].append(resident(self.worker, "VmHWM") - self.idle)
        return mib / seconds

    def by_curl(self, mib: int) -> float:
        address = self.storage.open()
        began = time.monotonic()
        trusted = ["--cacert", self.storage.certificate, "--max-time", str(LONGEST)]
        subprocess.run(
            ["curl", "-sSf", "-o", os.devnull, *trusted, "-T", self.folder / f"{mib}.mp4", address], check=True
        )
        seconds = time.monotonic() - began
        assert self.storage.holds(address, mib * MIB)
        return mib / seconds


def family(process: Process) -> list[int]:
    """The worker and its children."""
    pid = process.popen.pid
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def resident(process: Process, what: str = "VmRSS") -> float:
    """MiB in memory, of a worker and its children together: now, or (VmHWM) at most since that was last reset."""
    total = 0
    for pid in family(process):
        status = Path(f"/proc/{pid}/status").read_text()
        total += int(next(line.split()[1] for line in status.splitlines() if line.startswith(f"{what}:")))
    return total / 1024


def _certificate(folder: Path) -> Path:
    """A certificate of its own for HOST (cert.pem; its key is key.pem)."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    since, until = now - timedelta(hours=1), now + timedelta(days=1)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), since, until)
    built = built.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "cert.pem").write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return folder / "cert.pem"


def _file(path: Path, mib: int) -> None:
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))


def _idle(stage: Stage, worker: Process) -> None:
    """Return once the worker has its child and its memory has come to rest."""
    before, deadline = 0.0, time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(2)
        if len(family(worker)) > 1 and resident(worker) == before:
            return
        before = resident(worker)
    raise AssertionError(f"the worker did not start:\n{worker.log[-3000:]}")


def main() -> int:
    """Measure; 0 when the targets are met, 2 where the sink is missing."""
    if not (SHARED / "upload_sink.py").exists():
        print(f"{SHARED / 'upload_sink.py'} is missing")
        return 2
    with stage("sqlite") as console:
        storage = Storage(console.folder, console)
        api = free_port()
        console.environment |= {"SANDBOX": "1", "SANDBOX_PORT": str(api), "NO_PROXY": HOST}
        console.environment["REQUESTS_CA_BUNDLE"] = str(storage.certificate)
        folder = console.folder / "data" / "import"
        folder.mkdir(exist_ok=True)
        for mib in {LARGE, SMALL}:
            _file(folder / f"{mib}.mp4", mib)
        console.python(WORKSPACE.format(api=f"http://127.0.0.1:{api}/v1", storage=storage.url))
        with fastpix(api, storage):
            worker = console.worker("transfers")
            _idle(console, worker)
            sending = Sending(console, storage, worker, folder)
            speeds = medians(
                in_turn(
                    {
                        "worker, MiB/s": lambda: sending.by_worker(LARGE),
                        "curl -T, MiB/s": lambda: sending.by_curl(LARGE),
                        "worker, small file, MiB/s": lambda: sending.by_worker(SMALL),
                    },
                    ROUNDS,
                )
            )
    print(f"idle worker {sending.idle:.0f} MiB; above it, by round: {sending.most}")
    large, small = max(sending.most[LARGE]), max(sending.most[SMALL])
    return conclude(
        f"upload of {LARGE} MiB over TLS, median of {ROUNDS}",
        [
            Target("worker / curl", speeds["worker, MiB/s"] / speeds["curl -T, MiB/s"], at_least=0.9),
            Target("worker", speeds["worker, MiB/s"], unit=" MiB/s"),
            Target("memory above idle", large, at_most=40, unit=" MiB"),
            Target(f"more than with {SMALL} MiB", large - small, at_most=5, unit=" MiB"),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
