"""Client of Granary's HTTP API in one file, for Python 3.9 or newer. It needs the standard library only.

    import granary

    with granary.local() as server:                 # or granary.connect("http://127.0.0.1:8080", key)
        run = server.backtest("samples/quickstart.json")
        print(run.stats["sharpe"], run.digest)
        trades = run.trades()

Tables are pandas data frames where pandas is installed, and lists of dicts otherwise. Times are UTC.
Every fault is a GranaryError with the server's sentence.
"""

from __future__ import annotations

import atexit
import csv
import datetime as dt
import html
import http.client
import importlib
import importlib.util
import io
import json
import math
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import types
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path
from typing import (Any, BinaryIO, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple,
                    Union)

__version__ = "0.1.0"
__all__ = ["connect", "local", "GranaryError", "Server", "LocalServer", "Job", "Run", "Session", "Weights"]

Time = Union[str, dt.datetime, dt.date, None]
Batch = Union[Mapping[str, Any], str, "os.PathLike[str]"]
Frame = Any
"""A pandas.DataFrame, or a list of dicts without pandas."""

_PROTOCOL = "1"
_ARROW = "application/vnd.apache.arrow.stream"
_PAGE = 1000
_CHUNK = 1 << 16

# What the columns of Granary's tables hold. A column that is not listed, such as a parameter of a search, is read by its values.
_KINDS: Mapping[str, str] = types.MappingProxyType({
    **dict.fromkeys("""time entry_time exit_time valid_until from to chosen_at created submitted_at started_at finished_at at
        timestamp first last first_time last_time expires_at""".split(), "time"),
    **dict.fromkeys("""id strategy symbol side type kind decision outcome exit_reason model factor condition rule method figure
        group search state class timeframe sides name batch status host account run phase command event decided severity check
        submitted_by store source market objective role reason ended currency contract""".split(), "word"),
    **dict.fromkeys("sentence summary why remedy place fault text path url file digest explanation".split(), "text"),
    **dict.fromkeys("number bars trades round strategies wins signals open_trades version first_trades later_trades periods".split(),
                    "whole"),
    **dict.fromkeys("""quantity entry_price exit_price pnl commission pnl_net return weight carry price stop target prediction
        model_size dissimilarity equity cash exposure drawdown volatility sharpe max_drawdown turnover invested holds difference
        standard_error p_value adjusted_p_value win_rate mean_return low high first_mean_return later_mean_return later_low
        later_high later_p_value mae mfe rate roll_pnl old_price new_price pnl_local commission_local carry_local
        pnl_net_local importance best share in_sample_return out_of_sample_return out_of_sample_objective p05 p25 p50 p75
        p95 open close volume total_return size_factor granted fees financing profit filled""".split(), "number"),
})

_ISO_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_UPPER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# Runs a server until it ends, or until the program that started it ends: its standard input is a pipe from that program.
_WATCHER = r"""
import os, shutil, subprocess, sys, threading
log, scratch, command = sys.argv[1], sys.argv[2], sys.argv[3:]
with open(log, "ab") as file:
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
asked = threading.Event()
def end():
    os.read(0, 1)
    asked.set()
    child.terminate()
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        child.kill()
threading.Thread(target=end, daemon=True).start()
code = child.wait()
if asked.is_set() and scratch:
    shutil.rmtree(scratch, ignore_errors=True)
os._exit(code if code >= 0 else 1)
"""


class GranaryError(Exception):
    """What went wrong, in one sentence; of a refusal the server's own.

    status: HTTP status of a refusal; None if no server answered, or if a job or a local server failed.
    type: stable address of the fault, such as "/errors/changed"; None without one.
    title: its title; None without one.
    retry_after: seconds to wait before the next attempt; None if the server gave none.
    """

    def __init__(self, sentence: str, status: Optional[int] = None, type: Optional[str] = None,
                 title: Optional[str] = None, retry_after: Optional[float] = None) -> None:
        super().__init__(sentence)
        self.status, self.type, self.title, self.retry_after = status, type, title, retry_after


def connect(url: Union[str, Sequence[str]] = "http://127.0.0.1:8080", key: Optional[str] = None, *, timeout: float = 30,
            ca: Optional[str] = None, pandas: Optional[bool] = None) -> "Server":
    """Connects to a server: `granary serve`, or the silos of a cluster.

    url: address, or several of one cluster, as a list or with commas between; the next one is asked where one does not answer.
    key: API key; None takes the variable GRANARY_KEY, if it is set.
    timeout: seconds to try again while no server takes a request, and to wait for the bytes of an answer.
    ca: PEM file of the authority that signed the server's certificate; None for the system's authorities.
    pandas: whether tables are data frames; None for "if pandas is installed".
    """
    server = Server(_Http(url, os.environ.get("GRANARY_KEY") if key is None else key, timeout, ca), pandas)
    server._http.check()
    return server


def local(folder: Union[str, "os.PathLike[str]", None] = None, *, program: Optional[str] = None, options: Sequence[str] = (),
          timeout: float = 60, pandas: Optional[bool] = None) -> "LocalServer":
    """Starts `granary serve` on a free port of this machine, and waits until it is ready.

    The server ends with this program, with `stop()`, or with the end of a `with` block.
    folder: where runs are kept; None for a folder of its own, which is deleted when the server ends.
    program: the command `granary`, a granary.dll, or the root of a clone. None takes the variable GRANARY, else `granary` on the
        PATH, else the clone that contains this file.
    options: further options of `granary serve`, such as ["--threads", "2"].
    timeout: seconds to wait until the server is ready; a clone that is not built yet has 20 minutes more.
    pandas: as of `connect`.
    """
    return LocalServer(folder, program, options, timeout, pandas)


# ---------------------------------------------------------------------------------------------------------------------------------
# Requests


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is a fault: urllib would send the key on to wherever it leads."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _Answer:
    """An answer: its body is read at once, or stays a stream."""

    def __init__(self, raw: Any, body: Optional[bytes]) -> None:
        self.raw, self.body = raw, body
        self.status: int = raw.status
        self.headers: Any = raw.headers

    @property
    def media_type(self) -> str:
        return (self.headers.get("Content-Type") or "").split(";")[0].strip().lower()

    def json(self) -> Any:
        if not self.body:
            return None
        try:
            return json.loads(self.body.decode("utf-8"))
        except ValueError as e:
            raise GranaryError(f"the answer of the server is not the JSON that this client expects ({e})") from e

    def close(self) -> None:
        self.raw.close()


class _Http:
    """Sends requests, and repeats those that can be repeated."""

    def __init__(self, url: Union[str, Sequence[str]], key: Optional[str], timeout: float, ca: Optional[str]) -> None:
        given = url.split(",") if isinstance(url, str) else list(url)
        self.urls = [self._address(u) for u in given]
        self.timeout = float(timeout)
        self._key = self._checked(key)
        self._current = 0
        hosts = {urllib.parse.urlsplit(u).hostname or "" for u in self.urls}
        handlers: List[Any] = [_NoRedirect()]
        # A proxy of the environment cannot reach this machine's own addresses.
        if all(h == "localhost" or h == "::1" or h.startswith("127.") for h in hosts):
            handlers.append(urllib.request.ProxyHandler({}))
        if any(u.startswith("https:") for u in self.urls):
            try:
                context = ssl.create_default_context(cafile=ca)
            except OSError as e:
                raise GranaryError(f"{ca}: no PEM file of certificates can be read there ({e.strerror or e})") from e
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self._opener = urllib.request.build_opener(*handlers)

    @staticmethod
    def _address(text: str) -> str:
        text = text.strip().rstrip("/")
        try:
            parts = urllib.parse.urlsplit(text)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and (parts.port or 1) > 0
        except ValueError:
            good = False
        if not good:
            raise GranaryError(f"'{text}' is not the address of a server; write it as http://127.0.0.1:8080")
        return text

    @staticmethod
    def _checked(key: Optional[str]) -> Optional[str]:
        key = key.strip() if key else None
        if key and not re.fullmatch(r"[\x21-\x7e]+", key):
            raise GranaryError("the key has characters that no key of a server has; copy it again")
        return key or None

    def check(self) -> None:
        """Makes one round over the servers, so that a wrong address or key is found at once."""
        faults: List[str] = []
        for _ in self.urls:
            try:
                self._once("GET", "caller", None, None, {}, False, min(self.timeout, 10))
                return
            except urllib.error.HTTPError as e:
                refusal = self._refusal(e)
                if refusal.status not in (429, 503):
                    raise refusal from None
                faults.append(str(refusal).rstrip("."))
            except (OSError, http.client.HTTPException) as e:
                faults.append(self._reason(e))
            self._current += 1
        raise GranaryError(f"no Granary server answers at {', '.join(self.urls)} ({faults[-1]}); start one with granary serve, or "
                           "correct the address")

    def send(self, method: str, path: str, query: Optional[Mapping[str, Any]] = None, body: Optional[bytes] = None,
             headers: Optional[Mapping[str, str]] = None, stream: bool = False) -> _Answer:
        """Sends a request. A GET, and a request with an Idempotency-Key, is repeated where its answer is lost."""
        headers = dict(headers or {})
        repeats = method == "GET" or "Idempotency-Key" in headers
        # A server that hangs takes a request and never answers; the time for an answer doubles with each round over the servers.
        answer_timeout = min(5.0, self.timeout) if repeats and len(self.urls) > 1 else self.timeout
        end = time.monotonic() + self.timeout
        refusal: Optional[GranaryError] = None
        while True:
            try:
                return self._once(method, path, query, body, headers, stream, answer_timeout)
            except urllib.error.HTTPError as e:
                refusal = self._refusal(e)
                if not (refusal.status == 429 or refusal.status == 503 and repeats):
                    raise refusal from None
                reason, pause = str(refusal), refusal.retry_after or 0.5
                if refusal.status == 503 and len(self.urls) > 1:
                    pause = 0.5
            except (OSError, http.client.HTTPException) as e:
                reason, pause = self._reason(e), 0.5
                if not repeats and not self._is_unsent(e):
                    raise GranaryError(f"the answer to {method} {path} is lost ({reason}); look whether it was done before you send it "
                                       "again") from e
            if time.monotonic() + pause > end:
                if refusal is not None:
                    raise refusal from None
                raise GranaryError(f"no Granary server answered at {', '.join(self.urls)} within {self.timeout:g} s ({reason}); start "
                                   "one, or correct the address")
            self._current += 1
            if self._current % len(self.urls) == 0:
                answer_timeout = min(2 * answer_timeout, self.timeout)
                time.sleep(pause)

    def skip(self) -> None:
        """Makes the next request begin with another server."""
        self._current += 1

    def _once(self, method: str, path: str, query: Optional[Mapping[str, Any]], body: Optional[bytes], headers: Mapping[str, str],
              stream: bool, timeout: float) -> _Answer:
        url = f"{self.urls[self._current % len(self.urls)]}/api/v1/{path}"
        given = [(k, _text_of(v)) for k, v in (query or {}).items() if v is not None]
        if given:
            url += "?" + urllib.parse.urlencode(given, quote_via=urllib.parse.quote)
        request = urllib.request.Request(url, data=body, method=method)
        request.add_header("Granary-Api", _PROTOCOL)
        request.add_header("User-Agent", f"granary-python/{__version__}")
        for name, value in headers.items():
            request.add_header(name, value)
        if self._key:
            request.add_unredirected_header("Authorization", f"Bearer {self._key}")
        try:
            raw = self._opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as e:
            self._check_protocol(e.headers, e.code)
            if e.code == 304:
                return _Answer(e, b"")
            raise
        self._check_protocol(raw.headers, raw.status)
        if stream:
            return _Answer(raw, None)
        with raw:
            return _Answer(raw, raw.read())

    def _check_protocol(self, headers: Any, status: int) -> None:
        server = self.urls[self._current % len(self.urls)]
        protocol = headers.get("Granary-Api")
        if protocol is None:
            raise GranaryError(f"{server} is not a Granary server (it answered {status}); correct the address", status)
        if protocol != _PROTOCOL:
            raise GranaryError(f"the server {server} has version {protocol} of the API and this client version {_PROTOCOL}; bring the "
                               "older of the two up to date", status)

    @staticmethod
    def _refusal(answer: urllib.error.HTTPError) -> GranaryError:
        with answer:
            kind = (answer.headers.get("Content-Type") or "").split(";")[0]
            problem: Dict[str, Any] = {}
            if kind == "application/problem+json":
                try:
                    problem = json.loads(answer.read().decode("utf-8"))
                except (ValueError, OSError, http.client.HTTPException):
                    problem = {}
        sentence = problem.get("detail") or problem.get("title") or f"{answer.code} {answer.reason}"
        after = answer.headers.get("Retry-After") or ""
        return GranaryError(sentence, answer.code, problem.get("type"), problem.get("title"),
                            float(after) if re.fullmatch(r"\d+(\.\d+)?", after) else None)

    @staticmethod
    def _is_unsent(fault: BaseException) -> bool:
        cause = getattr(fault, "reason", fault)
        return isinstance(cause, (ConnectionRefusedError, socket.gaierror))

    @staticmethod
    def _reason(fault: BaseException) -> str:
        cause = getattr(fault, "reason", fault)
        if isinstance(cause, (socket.timeout, TimeoutError)):
            return "no answer"
        return str(getattr(cause, "strerror", None) or cause or type(cause).__name__).rstrip(".")

    def events(self, path: str, is_last: Callable[[Dict[str, Any]], bool], query: Optional[Mapping[str, Any]] = None
               ) -> Iterator[Dict[str, Any]]:
        """The values of an event stream. After a broken connection it continues after the last event."""
        seen: Tuple[Optional[str], Optional[str]] = (None, None)
        last = time.monotonic()
        while True:
            headers = {"Accept": "text/event-stream"}
            if seen[0]:
                headers["Last-Event-ID"] = seen[0]
            answer = self.send("GET", path, query, None, headers, stream=True)
            try:
                for name, data, number in _events_of(answer.raw):
                    last = time.monotonic()
                    if (number, data) == seen:
                        continue
                    seen = (number, data)
                    value = json.loads(data) if name != "revision" else {"kind": "revision", "id": number or ""}
                    yield value
                    if is_last(value):
                        return
            except (OSError, http.client.HTTPException):
                pass
            finally:
                answer.close()
            if time.monotonic() - last > self.timeout:
                raise GranaryError(f"no server gave the events of {urllib.parse.unquote(path)} within {self.timeout:g} s: each broke "
                                   "off its answer")
            self.skip()
            time.sleep(0.3)


def _events_of(stream: BinaryIO) -> Iterator[Tuple[str, str, Optional[str]]]:
    """Name, data and id of server-sent events. An event that the stream's end cuts off is dropped."""
    name = "message"
    data: List[str] = []
    number: Optional[str] = None
    while True:
        raw = stream.readline()
        if not raw.endswith(b"\n"):
            return
        line = raw.decode("utf-8").rstrip("\r\n").lstrip("\ufeff")
        if not line:
            if data:
                yield name, "\n".join(data), number
            name, data = "message", []
            continue
        field, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id":
            number = value


# ---------------------------------------------------------------------------------------------------------------------------------
# Values


def _text_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dt.datetime, dt.date)):
        return _time_text(value)
    if isinstance(value, (list, tuple)):
        return ",".join(_text_of(v) for v in value)
    return str(value)


def _time_text(value: Any) -> str:
    """ISO 8601 in UTC; a time without a zone is UTC."""
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(dt.timezone.utc).replace(tzinfo=None)
        return value.isoformat() + "Z"
    return value.isoformat()


def _part(value: Any) -> str:
    """A value as one part of a path."""
    text = str(value)
    if not text:
        raise GranaryError("an id or a name is empty")
    return urllib.parse.quote(text, safe="")


def _plain(value: Any) -> Any:
    """Values that json cannot write: times, paths, numbers and arrays of numpy, series of pandas."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.tzinfo is None and value.time() == dt.time() else _time_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (range, Mapping)):
        return list(value) if isinstance(value, range) else dict(value)
    for method in ("tolist", "item"):
        if hasattr(value, method):
            return getattr(value, method)()
    raise GranaryError(f"{value!r} of type {type(value).__name__} has no form in JSON; write it as a text, a number, a list or a dict")


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, default=_plain, allow_nan=False, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as e:
        raise GranaryError(f"a text has half of a surrogate pair, which UTF-8 cannot write ({e.reason})") from e
    except ValueError as e:
        raise GranaryError(f"NaN, infinity or a value that contains itself has no form in JSON ({e})") from e
    except TypeError as e:
        raise GranaryError(f"a key of a dict is not a text ({e})") from e


def _snake(name: str) -> str:
    return _UPPER.sub("_", name).lower()


def _is_no_time(text: Any) -> bool:
    """Whether a text stands for no time: empty, or the first or the last time of .NET, which pandas cannot have."""
    return text is None or text == "" or isinstance(text, str) and text[:10] in ("0001-01-01", "9999-12-31")


def _time_of(text: Any) -> Optional[dt.datetime]:
    """An aware UTC time; Python keeps microseconds."""
    if _is_no_time(text):
        return None
    if isinstance(text, (int, float)):
        return dt.datetime.fromtimestamp(text / 1000, dt.timezone.utc)
    if _ISO_DATE.match(text):
        text += "T00:00:00Z"
    match = _ISO_TIME.match(text)
    if not match:
        raise GranaryError(f"'{text}' of the server is no time")
    year, month, day, hour, minute, second = (int(g) for g in match.groups()[:6])
    micro = int(((match.group(7) or "") + "000000")[:6])
    time_ = dt.datetime(year, month, day, hour, minute, second, micro, dt.timezone.utc)
    zone = match.group(8)
    if zone != "Z":
        shift = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        time_ = time_ - shift if zone[0] == "+" else time_ + shift
    return time_


def _kind_of(name: str, values: Iterable[Any], kinds: Mapping[str, str]) -> str:
    known = kinds.get(name) or _KINDS.get(name)
    if known:
        return known
    kind = ""
    for value in values:
        if value is None or value == "":
            continue
        if isinstance(value, bool) or value in ("true", "false"):
            this = "bool"
        elif isinstance(value, int):
            this = "whole"
        elif isinstance(value, float):
            this = "number"
        elif not isinstance(value, str):
            return "any"
        elif re.fullmatch(r"[+-]?\d{1,18}", value):
            this = "whole"
        elif re.fullmatch(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|Infinity)|NaN", value):
            this = "number"
        elif _ISO_TIME.match(value):
            this = "time"
        else:
            return "word"
        if kind in ("", this):
            kind = this
        elif {kind, this} == {"whole", "number"}:
            kind = "number"
        else:
            return "word"
    return kind or "word"


def _value_of(text: Any, kind: str) -> Any:
    if text is None or text == "":
        return None
    if kind == "time":
        return _time_of(text)
    if kind == "whole":
        return int(text) if not isinstance(text, float) or text.is_integer() else text
    if kind == "number":
        return float(text)
    if kind == "bool":
        return text if isinstance(text, bool) else text == "true"
    return text if kind == "any" else str(text)


class _Tables:
    """Makes tables: data frames where pandas is used, lists of dicts otherwise."""

    def __init__(self, wanted: Optional[bool]) -> None:
        self.pandas: Any = None
        if wanted is not False and importlib.util.find_spec("pandas") is not None:
            self.pandas = importlib.import_module("pandas")
        elif wanted:
            raise GranaryError("pandas is not installed; install it, or leave out pandas=True")
        has_arrow = self.pandas is not None and importlib.util.find_spec("pyarrow") is not None
        self.arrow: Any = importlib.import_module("pyarrow.ipc") if has_arrow else None

    def of_rows(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = (), kinds: Optional[Mapping[str, str]] = None
                ) -> Frame:
        """A table of JSON objects. Columns keep the order in which they appear; a missing value is None, NaN or NaT."""
        names: Dict[str, str] = {c: c for c in columns}
        for row in rows:
            for key in row:
                names.setdefault(_snake(key), _snake(key))
        by_name: Dict[str, List[Any]] = {n: [None] * len(rows) for n in names}
        for i, row in enumerate(rows):
            for key, value in row.items():
                by_name[_snake(key)][i] = value
        return self.of_columns(by_name, kinds or {})

    def of_columns(self, columns: Mapping[str, Sequence[Any]], kinds: Optional[Mapping[str, str]] = None) -> Frame:
        kind = {n: _kind_of(n, v, kinds or {}) for n, v in columns.items()}
        if self.pandas is None:
            done = {n: [_value_of(x, kind[n]) for x in v] for n, v in columns.items()}
            names = list(done)
            return [dict(zip(names, row)) for row in zip(*done.values())]
        return self.pandas.DataFrame({n: self._series(v, kind[n]) for n, v in columns.items()})

    def _series(self, values: Sequence[Any], kind: str) -> Any:
        pd = self.pandas
        if kind == "time":
            return self.times(values)
        if kind in ("word", "text"):
            texts = pd.Series([None if v is None or v == "" else str(v) for v in values], dtype=object)
            return texts.astype("category") if kind == "word" else texts
        done = [_value_of(v, kind) for v in values]
        if kind == "whole":
            return pd.Series(done, dtype="float64" if any(v is None for v in done) else "int64")
        if kind == "number":
            return pd.Series(done, dtype="float64")
        return pd.Series(done, dtype="bool" if kind == "bool" and None not in done else object)

    def times(self, texts: Any) -> Any:
        pd = self.pandas
        values = pd.Series([None if _is_no_time(v) or v != v else v for v in texts], dtype=object)
        if any(isinstance(v, (int, float)) for v in values[:1]):
            done = pd.to_datetime(values, utc=True, unit="ms")
        else:
            # Before pandas 2 every ISO text was read; since then one column may mix forms, with and without fractions, only if asked.
            given = {} if int(pd.__version__.split(".")[0]) < 2 else {"format": "ISO8601"}
            done = pd.to_datetime(values, utc=True, **given)
        return done if str(done.dtype) == "datetime64[ns, UTC]" else done.astype("datetime64[ns, UTC]")

    def of_csv(self, data: bytes, kinds: Optional[Mapping[str, str]] = None) -> Frame:
        """A table of a CSV file of a run."""
        kinds = kinds or {}
        if self.pandas is None:
            rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
            names = rows[0] if rows else []
            return self.of_columns({n: [r[i] for r in rows[1:]] for i, n in enumerate(names)}, kinds)
        pd = self.pandas
        head = next(csv.reader(io.StringIO(data[:data.find(b"\n") + 1].decode("utf-8-sig"), newline="")), [])
        known = {n: kinds.get(n) or _KINDS.get(n) for n in head}
        if not head:
            return pd.DataFrame()
        # Texts stay texts: a symbol may be NA, NULL, 1e5 or 007. Numbers are read to the last bit.
        frame = pd.read_csv(io.BytesIO(data), dtype={n: "float64" if k == "number" else str for n, k in known.items()},
                            keep_default_na=False, float_precision="round_trip",
                            na_values={n: ["", "NaN"] if k == "number" else [""] for n, k in known.items()},
                            encoding="utf-8-sig", na_filter=True)
        columns = {}
        for name in head:
            column = frame[name]
            if known[name] == "number":
                columns[name] = column
            elif known[name] == "time":
                columns[name] = self.times(column)
            elif known[name] == "word":
                columns[name] = column.astype(object).astype("category")
            else:
                columns[name] = self._series([None if v != v else v for v in column], _kind_of(
                    name, (v for v in column if v == v), kinds))
        return pd.DataFrame(columns)

    def of_arrow(self, data: bytes) -> Frame:
        """A table of an Arrow stream; dictionaries are categories."""
        with self.arrow.open_stream(data) as reader:
            # Each part of a stream may have dictionaries of its own.
            frame = reader.read_all().unify_dictionaries().to_pandas()
        for name in frame.columns:
            kind, dtype = _KINDS.get(name), str(frame[name].dtype)
            if kind == "time" and dtype != "datetime64[ns, UTC]":
                frame[name] = frame[name].astype("datetime64[ns, UTC]")
            elif kind == "word" and dtype != "category":
                frame[name] = frame[name].astype(object).astype("category")
        return frame


# ---------------------------------------------------------------------------------------------------------------------------------
# Progress


class _Progress:
    """Shows a job that runs: a bar in a notebook, a line in a terminal, nothing elsewhere."""

    def __init__(self, quiet: bool) -> None:
        self._handle: Any = None
        self._html: Any = None
        self._width = 0
        self._terminal = False
        if quiet:
            return
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        if getattr(shell, "kernel", None) is not None:
            display = importlib.import_module("IPython.display")
            self._html = display.HTML
            self._handle = display.display(display.HTML(""), display_id=True)
        else:
            self._terminal = bool(getattr(sys.stderr, "isatty", lambda: False)())

    def show(self, status: Mapping[str, Any]) -> None:
        if self._handle is None and not self._terminal:
            return
        text, share = self.text_of(status)
        if self._handle is not None:
            bar = f'<progress value="{share:.3f}" max="1"></progress> ' if not status["ended"] else ""
            self._handle.update(self._html(f"<div>{bar}{html.escape(text)}</div>"))
            return
        line = text if status["ended"] else f"{text}, {share:4.0%}"
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)

    def end(self) -> None:
        if self._terminal and self._width:
            sys.stderr.write("\n")
            sys.stderr.flush()

    @staticmethod
    def text_of(status: Mapping[str, Any]) -> Tuple[str, float]:
        """What a person reads of a status, and the share that is done."""
        p = status["progress"]
        share = p["bars"] / p["barsTotal"] if p["barsTotal"] else p["done"] / p["strategies"] if p["strategies"] else 0.0
        text = f"{status['name']}: {status['state']}"
        if p["strategies"]:
            text += f", {p['done']:,} of {p['strategies']:,} strategies"
        if p["failed"]:
            text += f", {p['failed']:,} failed"
        if not status["ended"] and p.get("stage"):
            text += f", {p['stage']}"
        return text, min(share, 1.0)


# ---------------------------------------------------------------------------------------------------------------------------------
# Operations of docs/openapi.json

# Begin of what generate.py writes.

def _given(body: Mapping[str, Any]) -> Dict[str, Any]:
    """A body without what is not given."""
    return {k: v for k, v in body.items() if v is not None}


class _ServerOperations:
    """Operations that need no more than their request, for `Server`."""

    _tables: "_Tables"
    get: Callable[..., Any]
    _send: Callable[..., Any]
    _pages: Callable[..., Iterator[Dict[str, Any]]]

    def caller(self) -> Dict[str, Any]:
        """Name, role and limits of the caller, and whether they may run code."""
        return self.get("caller")

    def ready(self) -> Dict[str, Any]:
        """Whether everything that requests need works; 503 with the reasons if not."""
        return self.get("health/ready")

    def audit(self, *, limit: Optional[int] = None) -> Frame:
        """Changes of the server's state, the newest first: author, operation, state before and after."""
        return self._tables.of_rows(list(self._pages("audit", limit)), ["sequence", "at", "who", "what", "target", "before",
            "after", "previous", "hash", "operation", "interrupted"])

    def cluster(self) -> Dict[str, Any]:
        """The silos with their versions, activations and work; queued and running batches; sessions."""
        return self.get("cluster")

    def drain_silo(self, name: str) -> Dict[str, Any]:
        """Let a silo finish its strategy groups and take no new ones."""
        return self._send("POST", f"cluster/silos/{_part(name)}/drain")

    def resume_silo(self, name: str) -> Dict[str, Any]:
        """Let a draining silo take work again."""
        return self._send("POST", f"cluster/silos/{_part(name)}/resume")

    def retire_silo(self, name: str) -> Dict[str, Any]:
        """End a silo: it drains for at most its drain time-out, others take its sessions, and its process exits with 0."""
        return self._send("POST", f"cluster/silos/{_part(name)}/retire")

    def batch_schema(self) -> Dict[str, Any]:
        """The JSON schema of batch files."""
        return self.get("catalogue/schemas/batch")

    def runs_for_job(self, kind: str, key: str, *, chosen: Optional[str] = None) -> Frame:
        """The newest thousand runs, each with the reason why a kind of job cannot take it."""
        return self._tables.of_rows(self.get(f"catalogue/jobs/{_part(kind)}/runs", key=key, chosen=chosen), ["id", "name",
            "created", "refusal"])

    def code_example(self) -> Dict[str, Any]:
        """A strategy in one C# file to begin with."""
        return self.get("code/example")

    def check_code(self, name: str, source: str) -> Dict[str, Any]:
        """Compile a strategy file without running it."""
        return self._send("POST", "code/check", _given({"name": name, "source": source}))

    def complete_code(self, name: str, source: str, position: int) -> Dict[str, Any]:
        """What may stand at a position of a strategy file."""
        return self._send("POST", "code/complete", _given({"name": name, "source": source, "position": position}))

    def code_batch(self, name: str, source: str, *, data: Optional[str] = None, symbols: Optional[Sequence[Any]] = None,
                   timeframe: Optional[str] = None, class_: Optional[str] = None, values: Optional[Mapping[str,
                   Any]] = None) -> Dict[str, Any]:
        """The text of a batch that runs a strategy file, as POST /batches takes it."""
        return self._send("POST", "code/batch", _given({"name": name, "source": source, "data": data, "symbols": symbols,
            "timeframe": timeframe, "class": class_, "values": values}))

    def revoke_shares(self) -> None:
        """End all links that were made so far."""
        self._send("POST", "shares/rotate")

    def orders(self, *, strategy: Optional[str] = None, symbol: Optional[str] = None, start: Time = None,
               end: Time = None) -> Frame:
        """Orders of the live accounts, with their states at the venue."""
        return self._tables.of_rows(self.get("orders", strategy=strategy, symbol=symbol, from_=start, to=end), [])

    def positions(self, *, symbol: Optional[str] = None) -> Frame:
        """Positions of the live accounts, by symbol."""
        return self._tables.of_rows(self.get("positions", symbol=symbol), [])

    def live_trades(self, *, strategy: Optional[str] = None, symbol: Optional[str] = None) -> Frame:
        """Trades of the live accounts, open and closed."""
        return self._tables.of_rows(self.get("trades", strategy=strategy, symbol=symbol), [])

    def live_signals(self, *, strategy: Optional[str] = None, symbol: Optional[str] = None, start: Time = None,
                     end: Time = None) -> Frame:
        """Entry signals with factors, the model's prediction and the portfolio's decision."""
        return self._tables.of_rows(self.get("signals", strategy=strategy, symbol=symbol, from_=start, to=end), [])

    def strategies(self, *, account: Optional[str] = None, symbol: Optional[str] = None, limit: Optional[int] = None) -> Frame:
        """The strategies of the live accounts, by account and id."""
        return self._tables.of_rows(list(self._pages("strategies", limit, account=account, symbol=symbol)), ["account", "id",
            "enabled", "weight", "signals", "trades", "open_trades", "change"])

    def strategy(self, id: str, *, account: Optional[str] = None) -> Dict[str, Any]:
        """A live strategy: weight, enabled or not, signals, trades."""
        return self.get(f"strategies/{_part(id)}", account=account)

    def stores(self) -> List[Dict[str, Any]]:
        """The stores of the data folder, with their markets."""
        return self.get("data")

    def sources(self) -> Frame:
        """The sources that a batch can name, with their symbols."""
        return self._tables.of_rows(self.get("data/sources"), ["source", "timeframe", "symbols"])

    def bar_files(self, *, sort: Optional[str] = None, search: Optional[str] = None, limit: Optional[int] = None) -> Frame:
        """The bar files of the data folder that a batch can use, with their first and last bars."""
        return self._tables.of_rows(list(self._pages("data/files", limit, sort=sort, search=search)), ["file", "source", "symbol",
            "timeframe", "format", "bars", "first", "last", "bytes", "findings", "severity", "odd"])

    def coverage(self, store: str, symbol: str, timeframe: str) -> Dict[str, Any]:
        """How many bars a market has on each day."""
        return self.get("data/coverage", store=store, symbol=symbol, timeframe=timeframe)

    def check_bars(self, store: str, timeframe: str, *, symbol: Optional[str] = None) -> Frame:
        """The findings of 'granary data check' in a market, or in all markets of a timeframe."""
        return self._tables.of_rows(self.get("data/quality", store=store, timeframe=timeframe, symbol=symbol), ["symbol",
            "severity", "check", "place", "sentence", "remedy"])

    def compare_bars(self, a: str, b: str, symbol: str, timeframe: str, *, tolerance: Optional[float] = None,
                     volume_tolerance: Optional[float] = None) -> Dict[str, Any]:
        """The differences of two stores on a market, as 'granary data compare' finds them."""
        return self.get("data/compare", a=a, b=b, symbol=symbol, timeframe=timeframe, tolerance=tolerance,
            volumeTolerance=volume_tolerance)

    def uploads(self) -> Frame:
        """The files that the caller has uploaded."""
        return self._tables.of_rows(self.get("uploads"), ["name", "path", "source", "bytes", "uploaded_at"])

    def delete_upload(self, name: str) -> None:
        """Delete an uploaded file."""
        self._send("DELETE", f"uploads/{_part(name)}")

    def models(self) -> Frame:
        """The models of the server's registry."""
        return self._tables.of_rows(self.get("models"), ["name", "versions", "current", "faults"])

    def model_versions(self, name: str) -> List[Dict[str, Any]]:
        """The versions of a model, with what each was trained on."""
        return self.get(f"models/{_part(name)}/versions")

    def model_version(self, name: str, number: int) -> Dict[str, Any]:
        """A version of a model with its figures, calibration and importance."""
        return self.get(f"models/{_part(name)}/versions/{_part(number)}")

    def compare_models(self, name: str, first: int, second: int) -> Frame:
        """How two versions of a model differ."""
        return self._tables.of_rows(self.get(f"models/{_part(name)}/compare", first=first, second=second), ["field", "first",
            "second"])

    def challenge_model(self, name: str, current: int, challenger: int) -> Dict[str, Any]:
        """Whether a version predicts better than the current one on the test windows that both have."""
        return self.get(f"models/{_part(name)}/challenge", current=current, challenger=challenger)

    def model_use(self, name: str) -> Dict[str, Any]:
        """Predictions of a model's versions, outcomes of live sessions, and the recommendation that follows."""
        return self.get(f"models/{_part(name)}/use")

    def promote_model(self, name: str, *, version: Optional[int] = None) -> Dict[str, Any]:
        """Make a version of a model the current one."""
        return self._send("POST", f"models/{_part(name)}/promote", _given({"version": version}))

    def roll_back_model(self, name: str) -> Dict[str, Any]:
        """Make the version before the current one current again."""
        return self._send("POST", f"models/{_part(name)}/rollback")

    def deployments(self, *, limit: Optional[int] = None) -> List[Dict[str, Any]]:
        """Production configurations by number, the newest first."""
        return list(self._pages("deployments", limit))

    def deployment(self, number: int) -> Dict[str, Any]:
        """A deployment: its strategies, the backtest that justified it, its history."""
        return self.get(f"deployments/{_part(number)}")

    def change_deployment(self, number: int, *, enabled: Optional[bool] = None, strategy: Optional[str] = None,
                          symbol: Optional[str] = None, why: Optional[str] = None) -> Dict[str, Any]:
        """Allow or stop entries of a strategy or a pair."""
        return self._send("PATCH", f"deployments/{_part(number)}", _given({"enabled": enabled, "strategy": strategy,
            "symbol": symbol, "why": why}))

    def deployment_configuration(self, number: int) -> Dict[str, Any]:
        """The prod.json of a deployment, byte for byte."""
        return self.get(f"deployments/{_part(number)}/configuration")

    def deployment_report(self, number: int) -> List[Dict[str, Any]]:
        """The live result compared with the backtest, by day, for each account whose session of the deployment has ended."""
        return self.get(f"deployments/{_part(number)}/report")

    def deployment_parity(self, number: int) -> List[Dict[str, Any]]:
        """Each compared day of the accounts that trade the deployment, against a backtest of the final bars."""
        return self.get(f"deployments/{_part(number)}/parity")

    def switch_account(self, number: int, *, account: Optional[str] = None, policy: Optional[str] = None, dry_run: bool = False,
                       why: Optional[str] = None) -> Dict[str, Any]:
        """Hand an account over to a deployment."""
        return self._send("POST", f"deployments/{_part(number)}/switch", _given({"account": account, "policy": policy,
            "dryRun": dry_run, "why": why}))

    def schedules(self) -> Frame:
        """All schedules, by name."""
        return self._tables.of_rows(self.get("schedules"), ["name", "cron", "time_zone", "after", "delay_minutes", "window_minutes",
            "kind", "job", "enabled", "next", "upcoming", "last", "who", "why", "changed_at", "waits"])

    def schedule(self, name: str) -> Dict[str, Any]:
        """A schedule, and when it is due next."""
        return self.get(f"schedules/{_part(name)}")

    def set_schedule(self, name: str, cron: str, job: Mapping[str, Any], *, file: Optional[str] = None,
                     time_zone: Optional[str] = None, window: Optional[str] = None, enabled: Optional[bool] = None,
                     why: Optional[str] = None) -> Dict[str, Any]:
        """Create a schedule, or replace the one of the same name."""
        return self._send("PUT", f"schedules/{_part(name)}", _given({"cron": cron, "timeZone": time_zone, "job": job,
            "window": window, "enabled": enabled, "why": why}), file=file)

    def remove_schedule(self, name: str) -> None:
        """Remove a schedule; its jobs stay."""
        self._send("DELETE", f"schedules/{_part(name)}")

    def schedule_runs(self, name: str, *, limit: Optional[int] = None) -> Frame:
        """The due times of a schedule, the newest first, each with its job or the reason why there was none."""
        return self._tables.of_rows(self.get(f"schedules/{_part(name)}/runs", limit=limit), ["due", "at", "outcome", "job", "state",
            "reason"])

    def notifications(self) -> Dict[str, Any]:
        """The rules of notifications with their version, the channels, and the events that a rule can have."""
        return self.get("notifications")

    def notification_rules(self) -> Frame:
        """The rules in force; their version is the ETag. Empty on a server without --notifications."""
        return self._tables.of_rows(self.get("notifications/rules"), ["on", "threshold", "account", "to", "every", "symbol"])

    def set_notification_rules(self, replaces: int, *, rules: Optional[Sequence[Any]] = None,
                               why: Optional[str] = None) -> Dict[str, Any]:
        """Replace the rules."""
        return self._send("PUT", "notifications/rules", _given({"rules": rules, "why": why}), {"If-Match": f'"{int(replaces)}"'})

    def reset_notification_rules(self, replaces: int, *, why: Optional[str] = None) -> Dict[str, Any]:
        """Put the rules of the file of --notifications in force again."""
        return self._send("DELETE", "notifications/rules", None, {"If-Match": f'"{int(replaces)}"'}, why=why)

    def test_notifications(self, *, to: Optional[str] = None) -> Frame:
        """Send a test notification to a channel, or to all."""
        return self._tables.of_rows(self._send("POST", "notifications/test", _given({"to": to})), ["to", "delivered", "fault",
            "answer"])

    def notification_deliveries(self) -> Frame:
        """The pending, delivered and abandoned deliveries, the newest first."""
        return self._tables.of_rows(self.get("notifications/deliveries"), ["id", "on", "subject", "text", "at", "channel", "state",
            "attempts", "next_at", "fault"])


class _RunOperations:
    """Operations that need no more than their request, for `Run`."""

    _server: "Server"
    _path: str

    def figures(self, *, start: Time = None, end: Time = None, strategy: Optional[str] = None) -> Dict[str, Any]:
        """The figures of a part of a run, of the portfolio or of a strategy in its own account."""
        return self._server.get(f"{self._path}/figures", from_=start, to=end, strategy=strategy)

    def analysis(self) -> Dict[str, Any]:
        """The figures of the charts of a run's report: benchmark, rolling figures, distribution of returns, excursions of trades,
        correlation of strategies."""
        return self._server.get(f"{self._path}/analysis")


class _SessionOperations:
    """Operations that need no more than their request, for `Session`."""

    _server: "Server"
    _path: str

    def configuration(self) -> Dict[str, Any]:
        """The configuration that a session trades, with the weights in force."""
        return self._server.get(f"{self._path}/configuration")

    def costs(self) -> Dict[str, Any]:
        """What the fills of a session's account cost, with intervals: the content of costs.json."""
        return self._server.get(f"{self._path}/costs")

    def log(self, *, kind: Optional[str] = None, symbol: Optional[str] = None, sort: Optional[str] = None,
            filter: Optional[str] = None, at: Optional[str] = None, limit: Optional[int] = None) -> Frame:
        """Fills, signals, refusals, models, commands and states of a session, newest first."""
        return self._server._tables.of_rows(list(self._server._pages(f"{self._path}/log", limit, kind=kind, symbol=symbol,
            sort=sort, filter=filter, at=at)), ["sequence", "kind", "text", "time", "strategy", "symbol", "side", "quantity",
            "price", "role", "reason"])

    def all_orders(self, *, sort: Optional[str] = None, filter: Optional[str] = None, at: Optional[str] = None,
                   limit: Optional[int] = None) -> Frame:
        """The orders of a session, open and ended, in the order in which they were made."""
        return self._server._tables.of_rows(list(self._server._pages(f"{self._path}/orders", limit, sort=sort, filter=filter,
            at=at)), [])

    def strategy(self, strategy: str) -> Dict[str, Any]:
        """A strategy of a running session: bars, equity, open position, trades so far, weight, enabled or not."""
        return self._server.get(f"{self._path}/strategies/{_part(strategy)}")

    def stop_strategy(self, strategy: str, *, why: Optional[str] = None) -> Dict[str, Any]:
        """Stop one strategy of a running session."""
        return self._server._send("DELETE", f"{self._path}/strategies/{_part(strategy)}", why=why)


# End of what generate.py writes.


# ---------------------------------------------------------------------------------------------------------------------------------
# The server


class Server(_ServerOperations):
    """A server. Made by `connect`; its methods call one operation of the HTTP API each, or a few that belong together."""

    def __init__(self, http_: _Http, pandas: Optional[bool] = None) -> None:
        self._http = http_
        self._tables = _Tables(pandas)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {', '.join(self._http.urls)}>"

    @property
    def url(self) -> str:
        """Address of the server, of several the first."""
        return self._http.urls[0]

    # Any operation

    def get(self, path: str, **query: Any) -> Any:
        """GET of any path under /api/v1, such as get("runs", limit=5). A parameter that is a word of Python has a `_` behind it."""
        return self._http.send("GET", path.lstrip("/"), _query(query)).json()

    def post(self, path: str, body: Any = None, *, idempotency_key: Optional[str] = None, **query: Any) -> Any:
        """POST of any path, with a body that is written as JSON."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._send("POST", path.lstrip("/"), body, headers, **query)

    def put(self, path: str, body: Any, *, headers: Optional[Mapping[str, str]] = None, **query: Any) -> Any:
        """PUT of any path; `headers` may have If-Match and If-None-Match."""
        return self._send("PUT", path.lstrip("/"), body, headers, **query)

    def patch(self, path: str, body: Any, **query: Any) -> Any:
        """PATCH of any path."""
        return self._send("PATCH", path.lstrip("/"), body, None, **query)

    def delete(self, path: str, *, headers: Optional[Mapping[str, str]] = None, **query: Any) -> Any:
        """DELETE of any path."""
        return self._send("DELETE", path.lstrip("/"), None, headers, **query)

    def _send(self, method: str, path: str, body: Any = None, headers: Optional[Mapping[str, str]] = None, **query: Any) -> Any:
        data = None if body is None else _json(body)
        given = dict(headers or {})
        if data is not None:
            given["Content-Type"] = "application/json"
        return self._http.send(method, path, _query(query), data, given).json()

    def _pages(self, path: str, limit: Optional[int] = None, **query: Any) -> Iterator[Dict[str, Any]]:
        """The items of all pages, or of the first `limit`."""
        cursor: Optional[str] = None
        left = limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(left, _PAGE)
            page = self.get(path, cursor=cursor, limit=size, **query)
            yield from page["items"]
            cursor = page.get("next")
            left = None if left is None else left - len(page["items"])
            if cursor is None:
                return

    def _list(self, path: str, **query: Any) -> Frame:
        return self._tables.of_rows(self.get(path, **query))

    # The server itself

    def changes(self, since: Optional[str] = None) -> Iterator[Dict[str, Any]]:
        """Changes of jobs, runs, weights, sessions and deployments, as they happen, without an end. The first one has the kind
        "revision": read lists then. Its id is `since` of a later call."""
        return self._http.events("events", lambda _: False, {"since": since})

    # Catalogues

    def catalogue(self, kind: str) -> Frame:
        """What the server has of a kind: strategies, factors, trainers, brokers, jobs or objectives."""
        return self._list(f"catalogue/{_part(kind)}")

    def cron_times(self, cron: str, time_zone: Optional[str] = None) -> List[dt.datetime]:
        """The next three times of a cron expression, UTC."""
        return [_known(_time_of(t)) for t in self.get("catalogue/cron", cron=cron, timeZone=time_zone)]

    # Jobs

    def submit(self, batch: Optional[Batch] = None, kind: str = "backtest", *, idempotency_key: Optional[str] = None,
               folder: Union[str, "os.PathLike[str]", None] = None, check: bool = True, **keys: Any) -> "Job":
        """Submits a job, and returns when the server has stored it.

        batch: a batch as a dict, or the path of a batch file; None for a kind without one, such as verify.
        kind: a kind of job: backtest, optimise, walkforward, train … (`catalogue("jobs")`).
        idempotency_key: submissions with the same key give the same job; None makes one of its own.
        folder: the folder that relative paths of the batch start from; None for that of the batch file, or of this process. A server
            with --data starts from its own folder.
        check: whether a batch is refused at once if its source or a symbol of it does not exist.
        keys: further keys of the job, such as strategies="all"; one that is a word of Python has a `_` behind it.
        """
        text, file, place = self._text_of_batch(batch)
        if keys or kind != "backtest" or batch is None:
            rest = {"kind": kind, **_query(keys)}
            # The text of a file stays as it is, with its comments and lines, so that faults name the line.
            text = _json(rest)[:-1] + (b', "batch": ' + text if text is not None else b"") + b"}"
        query = {"folder": os.path.abspath(folder) if folder is not None else place, "file": file, "check": check}
        path = "batches" if kind == "backtest" and not keys and batch is not None else "jobs"
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        return Job(self, self._http.send("POST", path, query, text, headers).json())

    @staticmethod
    def _text_of_batch(batch: Optional[Batch]) -> Tuple[Optional[bytes], Optional[str], Optional[str]]:
        if batch is None:
            return None, None, None
        if isinstance(batch, Mapping):
            return _json(batch), "batch", os.getcwd()
        path = Path(os.fspath(batch))
        try:
            data = path.read_bytes()
        except OSError as e:
            raise GranaryError(f"{path}: the batch file cannot be read ({e.strerror or e}); give a path, or a dict") from e
        return data[3:] if data.startswith(b"\xef\xbb\xbf") else data, str(path), str(path.resolve().parent)

    def job(self, id: str) -> "Job":
        """A job, also of a batch."""
        return Job(self, self.get(f"jobs/{_part(id)}"))

    def jobs(self, state: Optional[str] = None, kind: Optional[str] = None, limit: Optional[int] = None) -> Frame:
        """Jobs, the newest first."""
        return self._tables.of_rows([{k: v for k, v in j.items() if k not in ("progress", "files", "runs")}
                                     for j in self._pages("jobs", limit, state=state, kind=kind)], ("id", "kind", "name", "state"))

    def backtest(self, batch: Batch, *, quiet: bool = False, **options: Any) -> "Run":
        """Runs a batch and waits for it. `options` are those of `submit`."""
        return self.submit(batch, **options).follow(quiet).run

    def quickstart(self, *, quiet: bool = False) -> "Run":
        """Runs the sample batch of the server and waits for it."""
        return Job(self, self._send("POST", "batches/quickstart")).follow(quiet).run

    def optimise(self, batch: Batch, *, quiet: bool = False, **options: Any) -> "Run":
        """Searches the parameters of a batch and waits for it; `trials()` of the run has what was tried."""
        return self.submit(batch, "optimise", **options).follow(quiet).run

    def walkforward(self, batch: Batch, *, quiet: bool = False, **options: Any) -> "Run":
        """Chooses parameters on one window and trades the next, through the bars, and waits for it."""
        return self.submit(batch, "walkforward", **options).follow(quiet).run

    def reinforce(self, batch: Batch, *, quiet: bool = False, **options: Any) -> "Run":
        """Learns the weights of a batch's strategies and waits for it."""
        return self.submit(batch, "reinforce", **options).follow(quiet).run

    def train(self, batch: Batch, *, strategies: Union[str, int] = "all", quiet: bool = False, **options: Any) -> Dict[str, Any]:
        """Trains the models of a batch, waits for it, and returns its result.json."""
        return self.submit(batch, "train", strategies=strategies, **options).follow(quiet).result()

    def evaluate(self, batch: Batch, *, strategies: Union[str, int] = "all", quiet: bool = False, **options: Any) -> Dict[str, Any]:
        """Evaluates the models of a batch out of sample, waits for it, and returns its result.json."""
        return self.submit(batch, "evaluate", strategies=strategies, **options).follow(quiet).result()

    def experiment(self, batch: Batch, *, strategies: Union[str, int] = "all", quiet: bool = False, **options: Any
                   ) -> Dict[str, Any]:
        """Compares models and features of a batch, waits for it, and returns its result.json."""
        return self.submit(batch, "experiment", strategies=strategies, **options).follow(quiet).result()

    def verify(self, run: Union[str, "Run"], *, quiet: bool = False, **keys: Any) -> Dict[str, Any]:
        """Runs a run again and checks all its strategies for look-ahead; returns result.json."""
        return self.submit(None, "verify", run=_id_of(run), **keys).follow(quiet).result()

    # Runs

    def run(self, id: str) -> "Run":
        """A finished run."""
        run = Run(self, id)
        run.summary()
        return run

    def runs(self, *, kind: Optional[str] = None, market: Optional[str] = None, tradable: Optional[bool] = None,
             search: Optional[str] = None, sort: Optional[str] = None, order: Optional[str] = None, limit: Optional[int] = None
             ) -> Frame:
        """Finished runs, the newest first.

        kind: backtest, search, walk-forward, combined, live, reinforce or training. market: a symbol that they have.
        tradable: whether all validation checks passed. search: a part of name, batch, id, digest or symbol.
        sort: created, name, kind, markets, tradable, totalReturn, sharpe, maxDrawdown or seconds; order: asc or desc.
        """
        return self._tables.of_rows(list(self._pages("runs", limit, kind=kind, market=market, tradable=tradable, search=search,
                                                     sort=sort, order=order)), ("id", "name", "kind", "created", "digest"))

    def compare(self, runs: Iterable[Union[str, "Run"]]) -> Frame:
        """The figures of the portfolios of several runs, one row per run, by the keys of results.json."""
        rows = [self.get(f"runs/{_part(_id_of(run))}") for run in runs]
        columns: Dict[str, List[Any]] = {"run": [r["id"] for r in rows]}
        columns.update({n: [r.get(n) for r in rows] for n in ("name", "kind", "digest", "tradable")})
        figures = [(r.get("portfolio") or {}).get("stats") or {} for r in rows]
        metrics = dict.fromkeys(k for f in figures for k in f)
        columns.update({n: [f.get(n) for f in figures] for n in metrics})
        return self._tables.of_columns(columns, dict.fromkeys(metrics, "number"))

    # Weights and live accounts

    def weights(self, portfolio: str = "main") -> "Weights":
        """The weights of a portfolio that are in force, with their version."""
        return Weights(self.get(f"portfolios/{_part(portfolio)}/weights"))

    def newer_weights(self, than: "Weights") -> Optional["Weights"]:
        """The weights in force; None if they still have the version of `than`."""
        answer = self._http.send("GET", f"portfolios/{_part(than.portfolio)}/weights", None, None, {"If-None-Match": than.etag})
        return None if answer.status == 304 else Weights(answer.json())

    def set_weights(self, weights: Mapping[str, float], *, why: str, replaces: Union["Weights", int], portfolio: str = "main"
                    ) -> "Weights":
        """Sets weights by strategy. The server refuses it (status 412) if another caller was first.

        replaces: the weights, or the version, that they replace; 0 if the portfolio has none yet.
        """
        body = {"weights": {str(k): v for k, v in dict(weights).items()}, "why": why}
        version = replaces.version if isinstance(replaces, Weights) else int(replaces)
        headers = {"If-None-Match": "*"} if version == 0 else {"If-Match": f'"{version}"'}
        return Weights(self._send("PUT", f"portfolios/{_part(portfolio)}/weights", body, headers))

    def weights_history(self, portfolio: str = "main") -> List["Weights"]:
        """All versions of a portfolio's weights, the newest first."""
        return [Weights(w) for w in self.get(f"portfolios/{_part(portfolio)}/weights/history")]

    def weights_version(self, version: int, portfolio: str = "main") -> "Weights":
        """One version of a portfolio's weights."""
        return Weights(self.get(f"portfolios/{_part(portfolio)}/weights/history/{int(version)}"))

    def preview_weights(self, weights: Optional[Mapping[str, float]] = None, *, version: Optional[int] = None, portfolio: str = "main"
                        ) -> Frame:
        """What a change to these weights, or back to a version, would change; changes nothing."""
        body = {k: v for k, v in (("weights", weights), ("version", version)) if v is not None}
        return self._tables.of_rows(self._send("POST", f"portfolios/{_part(portfolio)}/weights/preview", body)["changes"])

    def roll_back_weights(self, version: int, *, why: str, replaces: Union["Weights", int], portfolio: str = "main") -> "Weights":
        """Sets the weights of an earlier version again, as a new version."""
        current = replaces.version if isinstance(replaces, Weights) else int(replaces)
        return Weights(self._send("POST", f"portfolios/{_part(portfolio)}/weights/rollback", {"version": version, "why": why},
                                  {"If-Match": f'"{current}"'}))

    def enable(self, strategy: Optional[str] = None, *, symbol: Optional[str] = None, why: str, account: Optional[str] = None) -> Frame:
        """Allows entries of a strategy, or of all strategies of a symbol, from the next bar on."""
        return self._change(strategy, symbol, True, why, account)

    def disable(self, strategy: Optional[str] = None, *, symbol: Optional[str] = None, why: str, account: Optional[str] = None) -> Frame:
        """Stops entries of a strategy, or of all strategies of a symbol, from the next bar on."""
        return self._change(strategy, symbol, False, why, account)

    def _change(self, strategy: Optional[str], symbol: Optional[str], enabled: bool, why: str, account: Optional[str]) -> Frame:
        path = self._target(strategy, symbol)
        body = {"enabled": enabled, "why": why, **({"account": account} if account else {})}
        return self._tables.of_rows(self._send("PATCH", path, body))

    def entry_changes(self, strategy: Optional[str] = None, *, symbol: Optional[str] = None) -> Frame:
        """When entries of a strategy or a symbol were allowed and stopped, by whom and why, oldest first."""
        return self._list(self._target(strategy, symbol) + "/history")

    @staticmethod
    def _target(strategy: Optional[str], symbol: Optional[str]) -> str:
        if (strategy is None) == (symbol is None):
            raise GranaryError("name either a strategy or a symbol")
        return f"strategies/{_part(strategy)}" if strategy is not None else f"symbols/{_part(symbol)}"

    # Sessions

    def sessions(self) -> Frame:
        """Live sessions."""
        return self._tables.of_rows([{k: v for k, v in s.items() if k not in ("status", "files", "retry")}
                                     for s in self.get("sessions")], ("id", "run", "phase"))

    def session(self, id: str) -> "Session":
        """A live session; its id is that of its account."""
        return Session(self, self.get(f"sessions/{_part(id)}"))

    def start_session(self, configuration: Union[Mapping[str, Any], str, "Run", "os.PathLike[str]"], feed: str, **options: Any
                      ) -> "Session":
        """Starts a live session, which trades the paper broker unless `broker` names another one. The request is not repeated: if its
        answer is lost, look at the session before you start it again.

        configuration: prod.json as a dict, as a path, or of a run. feed: such as csv:DIR or ws:….
        options: keys of the session, such as account="a", broker="paper", pace="x3600".
        """
        file: Optional[str] = None
        folder: Optional[str] = os.getcwd()
        if isinstance(configuration, Run):
            text = configuration.file("prod.json").decode("utf-8")
        elif isinstance(configuration, Mapping):
            text = _json(configuration).decode("utf-8")
        else:
            data, file, folder = self._text_of_batch(os.fspath(configuration))
            text = (data or b"").decode("utf-8")
        body: Dict[str, Any] = {"configuration": text, "feed": feed, "folder": folder, "broker": "paper"}
        if file is not None:
            body["file"] = file
        return Session(self, self._send("POST", "sessions", {**body, **_query(options)}))

    # Data

    def bars(self, store: str, symbol: str, timeframe: str, *, start: Time = None, end: Time = None, limit: Optional[int] = None
             ) -> Frame:
        """Bars of a store; with `start`, `end` or `limit` at most 20,000 of them, beyond which neighbours are joined. Without these,
        all bars as they are stored."""
        if start is None and end is None and limit is None:
            answer = self._http.send("GET", "data/file", {"store": store, "symbol": symbol, "timeframe": timeframe})
            return self._tables.of_csv(answer.body or b"")
        return _bars(self._tables, self.get("data/bars", store=store, symbol=symbol, timeframe=timeframe, from_=start, to=end,
                                            limit=limit or 20_000))

    def import_bars(self, files: Union[str, Sequence[str]], store: str, *, timeframe: str, quiet: bool = False, **keys: Any
                    ) -> Dict[str, Any]:
        """Imports bar files that the server can read into a store, waits for it, and returns its result.json.

        keys: symbol="ACME" or symbol_from="name", format, stamp, time_zone, columns.
        """
        given = {_camel(k): v for k, v in keys.items()}
        names = [files] if isinstance(files, str) else list(files)
        return self.submit(None, "import", files=names, store=store, timeframe=timeframe, **given).follow(quiet).result()

    def upload(self, name: str, bars: Any) -> Dict[str, Any]:
        """Uploads bars that batches and imports can name; a file of the same name is replaced.

        name: ends in .csv or .json. bars: a path, bytes, a data frame, or the text of the file.
        """
        if hasattr(bars, "to_csv"):
            data = bars.to_csv(index=bars.index.name is not None).encode("utf-8")
        elif isinstance(bars, bytes):
            data = bars
        elif isinstance(bars, str) and "\n" in bars:
            data = bars.encode("utf-8")
        else:
            try:
                data = Path(bars).read_bytes()
            except OSError as e:
                raise GranaryError(f"{bars}: the file of bars cannot be read ({e.strerror or e})") from e
        kind = "application/json" if name.lower().endswith(".json") else "text/csv"
        return self._http.send("PUT", f"uploads/{_part(name)}", None, data, {"Content-Type": kind}).json()

    # Models

    def predict(self, name: str, rows: Any, version: Optional[int] = None) -> List[Any]:
        """Predictions for rows of features: a data frame, or a list of dicts."""
        given = rows.to_dict("records") if hasattr(rows, "to_dict") else list(rows)
        body = {"rows": given, **({"version": version} if version is not None else {})}
        return self._send("POST", f"models/{_part(name)}/predict", body)["predictions"]

    # Deployments and schedules

    def add_deployment(self, *, run: Union[str, "Run", None] = None, configuration: Union[str, Mapping[str, Any], None] = None,
                       why: str) -> Dict[str, Any]:
        """Adds a deployment of a run's prod.json, or of one of your own (admin)."""
        body: Dict[str, Any] = {"why": why}
        if run is not None:
            body["run"] = _id_of(run)
        if configuration is not None:
            body["configuration"] = configuration if isinstance(configuration, str) else _json(configuration).decode("utf-8")
        return self._send("POST", "deployments", body)


class LocalServer(Server):
    """A server that `local` started. Ends with the program, with `stop()`, or with the end of a `with` block."""

    def __init__(self, folder: Union[str, "os.PathLike[str]", None], program: Optional[str], options: Sequence[str],
                 timeout: float, pandas: Optional[bool]) -> None:
        command = _command(program)
        scratch = tempfile.mkdtemp(prefix="granary-") if folder is None else ""
        self.folder = Path(scratch or os.fspath(folder or "")).resolve()
        """Where the runs are; has the log of the server, granary.log."""
        self._process: Optional["subprocess.Popen[bytes]"] = None
        self._owner = os.getpid()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise GranaryError(f"{self.folder}: the folder of the runs cannot be made ({e.strerror or e})") from e
        self._log = self.folder / "granary.log"
        self._log.write_bytes(b"")
        serve = [*command, "serve", "--urls", "http://127.0.0.1:0", "--runs", str(self.folder), *map(str, options)]
        # A group of its own: Ctrl-C and the interrupt of a notebook end a cell, and not the server.
        windows_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        self._process = subprocess.Popen([sys.executable, "-I", "-S", "-c", _WATCHER, str(self._log), scratch, *serve],
                                         stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                         creationflags=windows_group, start_new_session=os.name != "nt")
        atexit.register(self.stop)
        try:
            url = self._listens(timeout)
            super().__init__(_Http(url, None, 30, None), pandas)
            self.ready()
        except BaseException:
            self.stop()
            if scratch:
                shutil.rmtree(scratch, ignore_errors=True)
            raise

    def __enter__(self) -> "LocalServer":
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def stop(self) -> None:
        """Stops the server. What had not finished continues at the next start on the same folder."""
        process, self._process = self._process, None
        if process is None or process.stdin is None or os.getpid() != self._owner:
            return
        atexit.unregister(self.stop)
        try:
            process.stdin.write(b"\n")
            process.stdin.close()
        except OSError:
            pass  # it has ended already
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()

    def _listens(self, timeout: float) -> str:
        """Waits for the line in which the server names its address."""
        end = time.monotonic() + timeout
        is_built = True
        while True:
            text = self._log.read_text(encoding="utf-8", errors="replace")
            match = re.search(r"^Granary listens on (http://[^\s,;]+)", text, re.MULTILINE)
            if match:
                return match.group(1)
            code = self._process.poll() if self._process else None
            if code is not None:
                lines = [x for x in text.splitlines() if x.strip()]
                why = lines[-1].strip() if lines else "it printed nothing"
                raise GranaryError(f"granary serve ended with exit code {code}: {why[9:] if why.startswith('granary: ') else why}")
            if is_built and "granary: building" in text:
                is_built = False
                end += 20 * 60
                print("granary is being built; this takes a few minutes", file=sys.stderr)
            if time.monotonic() > end:
                raise GranaryError(f"granary serve is not ready within {timeout:g} s; {self._log} has its output; give a larger timeout")
            time.sleep(0.05)


def _command(program: Optional[str]) -> List[str]:
    """The command that runs granary."""
    given = program or os.environ.get("GRANARY")
    if given:
        path = Path(given).expanduser()
        found = _clone(path) if path.is_dir() else [str(path.resolve())] if path.is_file() else []
        if not found and shutil.which(given):
            found = [str(shutil.which(given))]
        if not found:
            raise GranaryError(f"{'program=' if program else 'the variable GRANARY, '}{given}: there is no such program; name the "
                               "command granary, a granary.dll, or the root of a clone")
    elif shutil.which("granary"):
        found = [str(shutil.which("granary"))]
    else:
        above = Path(__file__).resolve().parents if "__file__" in globals() else []
        found = next((c for c in map(_clone, above) if c), [])
    if not found:
        raise GranaryError("granary is not found: it is neither in the variable GRANARY nor on the PATH, and this file is not in a clone "
                           "of its repository; set GRANARY to the root of a clone, or give program=")
    if found[0].lower().endswith(".dll"):
        if not shutil.which("dotnet"):
            raise GranaryError(f"{found[0]} needs the .NET runtime 10, and there is no dotnet on the PATH; get it from https://dot.net")
        return ["dotnet", found[0]]
    return found


def _clone(root: Path) -> List[str]:
    """The command of a clone; empty if the folder is none."""
    script = root / "granary"
    if not script.is_file() or not (root / "src" / "Granary.Cli").is_dir():
        return []
    if os.name != "nt":
        return [str(script)]
    built = root / "src" / "Granary.Cli" / "bin" / "Release" / "published" / "granary.dll"
    if not built.is_file():
        raise GranaryError(f"{root} is not built; run: dotnet publish src/Granary.Cli -c Release -o {built.parent}")
    return [str(built)]


# ---------------------------------------------------------------------------------------------------------------------------------
# What a server has


class Job:
    """A job: a batch, a search, a training … `status` is its last known state; `refresh()` asks again."""

    def __init__(self, server: Server, status: Dict[str, Any]) -> None:
        self._server = server
        self.status: Dict[str, Any] = status
        self.id: str = status["id"]

    def __repr__(self) -> str:
        return f"<Job {self.id}: {self.state}>"

    @property
    def _path(self) -> str:
        return f"jobs/{_part(self.id)}"

    @property
    def kind(self) -> str:
        return self.status["kind"]

    @property
    def state(self) -> str:
        """queued, running, done, failed or cancelled, when it was last asked."""
        return self.status["state"]

    @property
    def fault(self) -> Optional[str]:
        """Why it failed; None if it has not."""
        return self.status.get("fault")

    @property
    def submitted_at(self) -> dt.datetime:
        return _known(_time_of(self.status["submittedAt"]))

    def refresh(self) -> "Job":
        """Asks the server for the state now."""
        self.status = self._server.get(self._path)
        return self

    def watch(self) -> Iterator[Dict[str, Any]]:
        """The status now and at each change, until the job has ended. Continues after a broken connection."""
        for status in self._server._http.events(f"{self._path}/events", lambda s: bool(s["ended"])):
            self.status = status
            yield status

    def follow(self, quiet: bool = False) -> "Job":
        """Waits until the job is done, and shows its progress unless `quiet`.

        A job that fails or is cancelled is a GranaryError. Ctrl-C ends only the wait: the job continues at the server.
        """
        progress = _Progress(quiet)
        try:
            for status in self.watch():
                progress.show(status)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"the job {self.id} continues; server.job('{self.id}').follow() waits for it again, and .cancel() "
                                    "stops it") from None
        except GranaryError as e:
            if e.status is not None:
                raise
            raise GranaryError(f"{str(e).rstrip('.')}; the job {self.id} continues when its server does: server.job('{self.id}').follow() "
                               "waits for it again") from e
        finally:
            progress.end()
        if self.state == "failed":
            raise GranaryError(self.fault or f"the job {self.id} failed")
        if self.state == "cancelled":
            raise GranaryError(f"the job {self.id} was cancelled; its resume() queues it again")
        return self

    def cancel(self) -> "Job":
        """Requests its end; a job that has ended does not change."""
        self.status = self._server.delete(self._path)
        return self

    def resume(self) -> "Job":
        """Queues a cancelled job again; it continues with the work that it had finished."""
        self.status = self._server.post(f"{self._path}/resume")
        return self

    @property
    def run(self) -> "Run":
        """The run of a finished job that makes one."""
        if "results.json" not in self.status["files"]:
            why = "has made no run" if self.status["ended"] else "has not ended; follow() waits for it"
            raise GranaryError(f"the job {self.id} ({self.kind}) {why}")
        return Run(self._server, self.id)

    @property
    def files(self) -> List[str]:
        """Names of its files."""
        return list(self.status["files"])

    def file(self, name: str) -> bytes:
        """The content of a file."""
        return self._server._http.send("GET", f"{self._path}/files/{_part(name)}").body or b""

    def result(self) -> Any:
        """result.json of a finished job that makes no run, such as train and verify."""
        return json.loads(self.file("result.json").decode("utf-8"))

    def strategy(self, strategy: str) -> Dict[str, Any]:
        """One strategy of a running batch."""
        return self._server.get(f"batches/{_part(self.id)}/strategies/{_part(strategy)}")

    def stop_strategy(self, strategy: str) -> Dict[str, Any]:
        """Stops one strategy of a running batch; the others continue."""
        return self._server.delete(f"batches/{_part(self.id)}/strategies/{_part(strategy)}")

    def portfolio(self) -> Dict[str, Any]:
        """The portfolio of a running batch."""
        return self._server.get(f"batches/{_part(self.id)}/portfolio")


class Run(_RunOperations):
    """A finished run. Its tables are read when they are asked for; a column has the name that it has in the run's CSV file."""

    def __init__(self, server: Server, id: str) -> None:
        self._server = server
        self.id = id
        self._summary: Optional[Dict[str, Any]] = None

    def __repr__(self) -> str:
        return f"<Run {self.id}>"

    @property
    def _path(self) -> str:
        return f"runs/{_part(self.id)}"

    # Figures

    def summary(self) -> Dict[str, Any]:
        """results.json without its strategies; read once."""
        summary = self._summary
        if summary is None:
            summary = self._summary = self._server.get(self._path)
        return summary

    @property
    def name(self) -> str:
        return self.summary()["name"]

    @property
    def digest(self) -> str:
        """Hash over signals, trades and equity of each strategy, and over what the portfolio did."""
        return self.summary()["digest"]

    @property
    def stats(self) -> Dict[str, Any]:
        """Figures of the portfolio, by the keys of results.json."""
        return (self.summary().get("portfolio") or {}).get("stats") or {}

    @property
    def tradable(self) -> bool:
        """Whether all validation checks passed."""
        return bool(self.summary()["tradable"])

    def results(self) -> Dict[str, Any]:
        """results.json as a whole."""
        return json.loads(self.file("results.json").decode("utf-8"))

    def notes(self) -> Frame:
        """What is to be known of the figures: code, sentence, count."""
        return self._server._tables.of_rows(self.summary().get("notes") or [], ("code", "sentence", "count"),
                                            {"code": "word", "count": "whole"})

    def production(self) -> Dict[str, Any]:
        """prod.json, the configuration that a live session trades."""
        return json.loads(self.file("prod.json").decode("utf-8"))

    def searches(self) -> List[Dict[str, Any]]:
        """The parameter searches of the run: trials, best, luck bar, importance."""
        return self._server.get(f"{self._path}/search")["searches"]

    # Tables

    def trades(self, *, strategy: Optional[str] = None, start: Time = None, end: Time = None, sort: Optional[str] = None,
               limit: Optional[int] = None) -> Frame:
        """Trades of all strategies, each in its own account; of one strategy, of those closed in a span, or sorted, if asked.
        sort: a column, such as -pnl_net for the largest first."""
        return self._rows("trades", "trades.csv", limit, strategy=strategy, from_=start, to=end, sort=sort)

    def portfolio_trades(self, *, strategy: Optional[str] = None, start: Time = None, end: Time = None, sort: Optional[str] = None,
                         limit: Optional[int] = None) -> Frame:
        """Trades that the portfolio took, at its size."""
        return self._rows("portfolio-trades", "portfolio_trades.csv", limit, strategy=strategy, from_=start, to=end, sort=sort)

    def signals(self, *, strategy: Optional[str] = None, symbol: Optional[str] = None, decision: Optional[str] = None,
                limit: Optional[int] = None) -> Frame:
        """Entry signals with the portfolio's decisions and their ends."""
        return self._rows("signals", "signals.csv", limit, strategy=strategy, symbol=symbol, decision=decision)

    def factors(self, *, strategy: Optional[str] = None, limit: Optional[int] = None) -> Frame:
        """Factors at the entries of trades."""
        return self._rows("factors", "factors.csv", limit, {"value": "number"}, strategy=strategy)

    def conditions(self, *, strategy: Optional[str] = None, limit: Optional[int] = None) -> Frame:
        """Profit of strategies by condition."""
        return self._rows("conditions", "conditions.csv", limit, {"value": "word"}, strategy=strategy)

    def model_decisions(self, *, strategy: Optional[str] = None, limit: Optional[int] = None) -> Frame:
        """Decisions of models about entries."""
        return self._server._tables.of_rows(list(self._server._pages(f"{self._path}/model-decisions", limit, strategy=strategy)))

    def model_log(self, *, strategy: Optional[str] = None, limit: Optional[int] = None) -> Frame:
        """Predictions of models."""
        return self._server._tables.of_rows(list(self._server._pages(f"{self._path}/model-log", limit, strategy=strategy)))

    def equity(self, strategy: Optional[str] = None) -> Frame:
        """Equity of the portfolio by bar, with cash, exposure and drawdown. Of a strategy: equity and drawdown of its own account,
        at up to 20,000 points, for which the server runs it again."""
        if strategy is None:
            return self._rows("equity", "equity.csv", None)
        equity = self.series("equity", strategy=strategy)
        drawdown = self.series("drawdown", strategy=strategy)
        if self._server._tables.pandas is not None:
            equity = equity.rename(columns={"value": "equity"}).merge(
                drawdown.rename(columns={"value": "drawdown"}), on="time", how="outer").sort_values("time", ignore_index=True)
            return equity
        deep = {r["time"]: r["value"] for r in drawdown}
        flat = {r["time"]: r["value"] for r in equity}
        return [{"time": t, "equity": flat.get(t), "drawdown": deep.get(t)} for t in sorted({**flat, **deep})]

    def series(self, name: str, *, start: Time = None, end: Time = None, points: int = 20_000, strategy: Optional[str] = None) -> Frame:
        """A curve: equity, cash, exposure, drawdown, buy-and-hold, or months for the return of each month; columns time and value.
        A curve with more points is thinned to `points`."""
        curve = self._server.get(f"{self._path}/series/{_part(name)}", from_=start, to=end, points=points, strategy=strategy)
        if curve.get("why"):
            raise GranaryError(curve["why"])
        return self._server._tables.of_columns({"time": curve["times"], "value": curve["values"]}, {"value": "number"})

    def months(self) -> Frame:
        """The portfolio's return of each month."""
        return self.series("months")

    def strategies(self, *, sort: Optional[str] = None, filter: Optional[str] = None, limit: Optional[int] = None) -> Frame:
        """Strategies: a column for each metric, by the keys of results.json, and param_NAME for each parameter.

        sort: a metric, such as -sharpe for the highest first. filter: conditions, such as "trades>=30,symbol=BTCUSDT".
        """
        tables = self._server._tables
        query = {k: v for k, v in (("sort", sort), ("filter", filter)) if v is not None}
        if tables.arrow is not None and limit is None:
            streamed = self._streamed("strategies", query)
            if streamed is not None:
                return streamed
        rows = list(self._server._pages(f"{self._path}/strategies", limit, **query))
        columns: Dict[str, List[Any]] = {"strategy": [r["id"] for r in rows]}
        for name in ("class", "symbol", "timeframe", "sides", "weight", "model", "error"):
            columns[name] = [r.get(name) for r in rows]
        metrics = dict.fromkeys(k for r in rows for k in r.get("stats") or {})
        for name in metrics:
            columns[name] = [(r.get("stats") or {}).get(name) for r in rows]
        for name in dict.fromkeys(k for r in rows for k in r["params"]):
            columns[f"param_{name}"] = [r["params"].get(name) for r in rows]
        return tables.of_columns(columns, {**dict.fromkeys(metrics, "number"), "error": "text"})

    def trials(self) -> Frame:
        """Trials of the run's searches: number, round, objective, and a column for each parameter."""
        return self.table("trials.csv")

    def windows(self) -> Frame:
        """Windows of a walk-forward: the chosen strategy with its parameters, results in and out of sample."""
        return self.table("windows.csv")

    def allocations(self) -> Frame:
        """Weight rules beside equal weights, out of sample."""
        return self.table("allocations.csv")

    def resampling(self) -> Frame:
        """Quantiles of other paths of the account: rows of equity over time (`time`), and of other figures (`at`)."""
        table = self._server._tables
        rows = list(csv.DictReader(io.StringIO(self.file("resampling.csv").decode("utf-8"), newline="")))
        columns: Dict[str, List[Any]] = {"method": [r["method"] for r in rows], "figure": [r["figure"] for r in rows]}
        columns["time"] = [r["at"] if _ISO_TIME.match(r["at"]) else None for r in rows]
        columns["at"] = [None if _ISO_TIME.match(r["at"]) else r["at"] for r in rows]
        columns.update({n: [r[n] for r in rows] for n in (rows[0] if rows else {}) if n not in ("method", "figure", "at")})
        return table.of_columns(columns, {"at": "word", "value": "number"})

    def fills(self) -> Frame:
        """Each change of a position of the portfolio."""
        return self.table("portfolio_fills.csv")

    def table(self, name: str) -> Frame:
        """Any CSV file of the run as a table."""
        return self._server._tables.of_csv(self.file(name))

    def bars(self, symbol: str, *, start: Time = None, end: Time = None, points: int = 20_000) -> Frame:
        """Bars of a symbol of the run; more than `points` are joined."""
        return _bars(self._server._tables, self._server.get(f"{self._path}/series/{_part('price:' + symbol)}", from_=start, to=end,
                                                            points=points))

    def chart(self, symbol: str, **options: Any) -> Dict[str, Any]:
        """Bars with factors and a strategy's levels. options: timeframe, factors="sma(20);rsi(14)", strategy, start, end, points."""
        query = {{"start": "from", "end": "to"}.get(k, k): v for k, v in options.items()}
        return self._server.get(f"{self._path}/chart", symbol=symbol, **query)

    def why(self, strategy: str, **question: Any) -> Dict[str, Any]:
        """What decided about a strategy at a bar. question: at, trade or signal; or start and end of a span; symbol, step."""
        return self._server.get(f"{self._path}/why", strategy=strategy, **{{"start": "from", "end": "to"}.get(k, k): v
                                                                           for k, v in question.items()})

    def _rows(self, path: str, file: str, limit: Optional[int], kinds: Optional[Mapping[str, str]] = None, **query: Any) -> Frame:
        """All rows of a table: as an Arrow stream if pyarrow and the server have it, else as the CSV file; some of them by pages."""
        tables = self._server._tables
        wanted = {k: _camel(v) if k == "sort" else v for k, v in query.items() if v is not None}
        if tables.arrow is not None and limit is None:
            streamed = self._streamed(path, _query(wanted))
            if streamed is not None:
                return streamed
        if wanted or limit is not None:
            # The first line of the file has the columns, also of a table without rows.
            head = self._server._http.send("GET", f"{self._path}/files/{_part(file)}", None, None, {"Range": "bytes=0-8191"})
            columns = next(csv.reader(io.StringIO((head.body or b"").decode("utf-8", "replace"))), [])
            return tables.of_rows(list(self._server._pages(f"{self._path}/{path}", limit, **wanted)), columns, kinds)
        return tables.of_csv(self.file(file), kinds)

    def _streamed(self, path: str, query: Mapping[str, Any]) -> Optional[Frame]:
        """All rows that match, as an Arrow stream; None if the server has none."""
        answer = self._server._http.send("GET", f"{self._path}/{path}", query, None, {"Accept": f"{_ARROW}, */*;q=0.1"})
        return self._server._tables.of_arrow(answer.body or b"") if answer.media_type == _ARROW else None

    # Files

    @property
    def files(self) -> List[str]:
        """Names of the files of the job that made the run."""
        return list(self._server.get(f"jobs/{_part(self.id)}")["files"])

    def file(self, name: str) -> bytes:
        """The content of a file, such as report.html."""
        return self._server._http.send("GET", f"{self._path}/files/{_part(name)}").body or b""

    def save(self, name: str, path: Union[str, "os.PathLike[str]", None] = None) -> Path:
        """Saves a file; it appears complete or not at all. path: where; None for its name in the current folder."""
        return _save(self._server, f"{self._path}/files/{_part(name)}", Path(path if path is not None else Path(name).name))

    def report(self, path: Union[str, "os.PathLike[str]"] = "report.html") -> Path:
        """Saves the report, one page that works offline."""
        return self.save("report.html", path)

    def download(self, folder: Union[str, "os.PathLike[str]"]) -> Path:
        """Saves all files of the run into a folder."""
        target = Path(folder)
        for name in self.files:
            if name != os.path.basename(name) or name.startswith(".") or "\\" in name:
                raise GranaryError(f"the server names a file '{name}', which would lead out of {target}; do not trust this server")
            self.save(name, target / name)
        return target

    # Changes

    def rename(self, name: str) -> Dict[str, Any]:
        """Changes the shown name; the id stays."""
        self._summary = None
        return self._server.patch(self._path, {"name": name})

    def delete(self) -> None:
        """Deletes the files of a run that nothing uses."""
        self._server.delete(self._path)

    def share(self, days: Optional[int] = None) -> str:
        """A link that opens the report and files of the run without a key, for a week or for `days`."""
        link = self._server.post(f"{self._path}/shares", {"days": days} if days is not None else {})["url"]
        return urllib.parse.urljoin(self._server.url + "/", link)


class Session(_SessionOperations):
    """A live session. `view` is its last known state; `refresh()` asks again."""

    def __init__(self, server: Server, view: Dict[str, Any]) -> None:
        self._server = server
        self.view: Dict[str, Any] = view
        self.id: str = view["id"]

    def __repr__(self) -> str:
        return f"<Session {self.id}: {self.phase}>"

    @property
    def _path(self) -> str:
        return f"sessions/{_part(self.id)}"

    @property
    def phase(self) -> str:
        """Its phase when it was last asked, such as running or done."""
        return self.view["phase"]

    @property
    def fault(self) -> Optional[str]:
        return self.view.get("fault")

    def refresh(self) -> "Session":
        """Asks the server for the state now."""
        self.view = self._server.get(self._path)
        return self

    def watch(self) -> Iterator[Dict[str, Any]]:
        """The session now and at each change, until it has ended. Continues after a broken connection."""
        for view in self._server._http.events(f"{self._path}/events", lambda v: v["phase"] in ("done", "failed")):
            self.view = view
            yield view

    def command(self, command: str, why: str, *, strategy: Optional[str] = None, symbol: Optional[str] = None,
                trade: Optional[str] = None, **by_hand: Any) -> "Session":
        """Sends a command: pause, resume, flatten, reload, stop, enable, disable, close, protect, enter or reverse. Returns when it is in
        the journal.

        By hand: `quantity` (of close), `side`, `price` and `size` (of enter), `stop`, `target`, `preview`. `session.view["status"]` has
        `preview`, and `commandFault` if the command had no effect.
        """
        body = {"command": command, "why": why, "strategy": strategy, "symbol": symbol, "trade": trade, **by_hand}
        self.view = self._server.post(f"{self._path}/commands", {k: v for k, v in body.items() if v is not None})
        return self

    def positions(self) -> Frame:
        """Its positions: symbol and signed quantity."""
        held = (self.refresh().view.get("status") or {}).get("positions") or {}
        return self._server._tables.of_columns({"symbol": list(held), "quantity": list(held.values())})

    def orders(self) -> Frame:
        """Its working orders. `Server.orders` has all orders of its account."""
        return self._of_account("orders")

    def trades(self) -> Frame:
        """Its open trades. `Server.live_trades` has all trades of its account."""
        return self._of_account("trades")

    def _of_account(self, name: str) -> Frame:
        account = (self.refresh().view.get("status") or {}).get("account") or {}
        return self._server._tables.of_rows(account.get(name) or [])

    def equity(self) -> Frame:
        """Equity and drawdown by bar, with the equity that its backtest lets expect."""
        answer = self._server.get(f"{self._path}/equity")
        columns = {"time": answer["times"], **{n: answer[n] for n in ("equity", "drawdown", "expected", "low", "high")}}
        size = len(columns["time"])
        kinds = {n: "number" for n in columns if n != "time"}
        return self._server._tables.of_columns({n: v if len(v) == size else [None] * size for n, v in columns.items()}, kinds)

    def bars(self, symbol: str, *, timeframe: Optional[str] = None, start: Time = None, end: Time = None, limit: int = 20_000) -> Frame:
        """Bars that it has processed; more than `limit` are joined."""
        return _bars(self._server._tables, self._server.get(f"{self._path}/bars", symbol=symbol, timeframe=timeframe, from_=start, to=end,
                                                            limit=limit))

    def chart(self, symbol: str, **options: Any) -> Dict[str, Any]:
        """Bars that it has processed, with factors. options: timeframe, factors="sma(20);rsi(14)", start, end, points."""
        query = {{"start": "from", "end": "to"}.get(k, k): v for k, v in options.items()}
        return self._server.get(f"{self._path}/chart", symbol=symbol, **query)

    def why(self, strategy: str, **question: Any) -> Dict[str, Any]:
        """What decided about a strategy at a bar. question: at or signal; or start and end of a span; symbol, step."""
        return self._server.get(f"{self._path}/why", strategy=strategy, **{{"start": "from", "end": "to"}.get(k, k): v
                                                                           for k, v in question.items()})

    @property
    def run(self) -> Run:
        """The run of a session that has ended."""
        return Run(self._server, self.view["run"])

    def file(self, name: str) -> bytes:
        """A file of its run, once it has ended."""
        return self._server._http.send("GET", f"{self._path}/files/{_part(name)}").body or b""


class Weights(Dict[str, float]):
    """Weights by strategy, with the version that a change names as what it replaces."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(answer["weights"])
        self.portfolio: str = answer["portfolio"]
        self.version: int = answer["version"]
        self.who: str = answer["who"]
        self.why: str = answer["why"]
        self.at: dt.datetime = _known(_time_of(answer["at"]))

    @property
    def etag(self) -> str:
        """The version as a header has it."""
        return f'"{self.version}"'

    def __repr__(self) -> str:
        return f"<Weights {self.portfolio} version {self.version}: {dict(self)}>"


# ---------------------------------------------------------------------------------------------------------------------------------
# Helpers


def _query(given: Mapping[str, Any]) -> Dict[str, Any]:
    """Names without the `_` that parts them from words of Python."""
    return {k.rstrip("_"): v for k, v in given.items()}


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda m: m.group(1).upper(), name)


def _id_of(run: Union[str, Run]) -> str:
    return run.id if isinstance(run, Run) else str(run)


def _known(time_: Optional[dt.datetime]) -> dt.datetime:
    if time_ is None:
        raise GranaryError("the server sent no time where one is due")
    return time_


def _bars(tables: _Tables, answer: Mapping[str, Any]) -> Frame:
    return tables.of_columns({"time": answer["times"], **{n: answer[n] for n in ("open", "high", "low", "close", "volume")}})


def _save(server: Server, path: str, target: Path) -> Path:
    """Downloads to a file beside the target, which then takes its place; a broken download is tried three times."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for attempt in (1, 2, 3):
        handle, part = tempfile.mkstemp(prefix=target.name + ".", suffix=".part", dir=str(target.parent))
        try:
            with os.fdopen(handle, "wb") as file:
                answer = server._http.send("GET", path, stream=True)
                try:
                    length = answer.headers.get("Content-Length")
                    count = 0
                    while True:
                        chunk = answer.raw.read(_CHUNK)
                        if not chunk:
                            break
                        file.write(chunk)
                        count += len(chunk)
                    if length is not None and count != int(length):
                        raise http.client.IncompleteRead(b"", int(length) - count)
                finally:
                    answer.close()
            os.replace(part, target)
            return target
        except (http.client.HTTPException, ConnectionError, socket.timeout) as e:
            if attempt == 3:
                raise GranaryError(f"the server broke off the file {target.name} three times ({_Http._reason(e)}); call again") from e
            server._http.skip()
        finally:
            if os.path.exists(part):
                os.unlink(part)
    raise AssertionError("unreachable")
