"""What the tests share: batches, servers, and tables read in one way with and without pandas."""

import http.server
import importlib.util
import os
import subprocess
import sys
import threading
import time

import granary

HAS_PANDAS = importlib.util.find_spec("pandas") is not None
MARKETS = "generated:ACME,BOLT?from=2021-01-01&to=2023-01-01&seed=7"


def batch(**changes):
    """Eight strategies on two generated markets; ends within a second."""
    return {
        "name": "first",
        "data": {"source": MARKETS, "symbols": ["ACME", "BOLT"], "timeframe": "1d"},
        "execution": {"commissionPercent": 0.05},
        "strategies": [{"class": "SmaCross", "params": {"fast": [5, 10], "slow": [20, 40]}, "size": {"percentOfEquity": 50}}],
        "portfolio": {"weights": "equal"},
        **changes,
    }


def long_batch():
    """Computes for some seconds on one thread."""
    return batch(
        name="long",
        data={"source": "generated:ACME,BOLT?from=2022-01-01&to=2023-01-01&seed=7", "symbols": ["ACME", "BOLT"], "timeframe": "5m"},
        strategies=[{"class": "SmaCross", "params": {"fast": list(range(5, 45)), "slow": [60, 90, 120, 150, 200]},
                     "size": {"percentOfEquity": 5}}],
        outputs=["results", "equity"])


def rows(table):
    """The rows of a table as dicts, with None where a value is missing and Python's own times."""
    if isinstance(table, list):
        return table
    done = []
    for row in table.to_dict("records"):
        done.append({k: None if v is None or v != v else v.floor("us").to_pydatetime() if hasattr(v, "to_pydatetime") else v
                     for k, v in row.items()})
    return done


def columns(table):
    """Names of the columns of a table with rows."""
    return list(table[0]) if isinstance(table, list) else list(table.columns)


def granary_command(*arguments):
    """Runs granary, and returns what it prints."""
    done = subprocess.run([*granary._command(None), *arguments], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode("utf-8")


class ServerProcess:
    """granary serve on one port, which can be killed and started again."""

    def __init__(self, folder, *options):
        self.folder, self.options, self.port = folder, options, 0
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        command = [*granary._command(None), "serve", "--urls", self.url, "--runs", self.folder, *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in self.process.stdout:
            if line.startswith(b"Granary listens on "):
                self.port = int(line.split(b";")[0].rsplit(b":", 1)[1])
                break
        else:
            raise AssertionError("granary serve ended")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class FakeServer:
    """Answers requests with the results of a function, which gets the handler."""

    def __init__(self, answer):
        requests = self.requests = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                requests.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                answer(self, len(requests))

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def send(handler, status, body=b"", kind="application/json", **headers):
    """Sends an answer of a server of this API."""
    handler.send_response(status)
    handler.send_header("Granary-Api", "1")
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def until(condition, seconds=300):
    """Waits until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("the condition does not hold")
        time.sleep(0.05)


def python(*arguments, **options):
    """Starts a Python like this one: without site packages, if this one has none."""
    flags = ["-I", "-S"] if sys.flags.no_site else []
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "GRANARY": granary._command(None)[-1]}
    return subprocess.Popen([sys.executable, *flags, *arguments], env=env, **options)
