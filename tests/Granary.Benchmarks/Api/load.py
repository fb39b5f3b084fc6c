#!/usr/bin/env python3
"""Load and faults of `granary serve`: 50 clients that submit and read while a batch runs, slow connections and event streams, and
hostile bodies. Prints the figures, and ends with 1 where a limit is missed.

    python3 tests/Granary.Benchmarks/Api/load.py [SECONDS]

Build src/Granary.Cli first (Release). Latencies are those of the clients, and those that the server measured itself (/metrics)."""
import asyncio, gzip, json, os, random, re, subprocess, sys, tempfile, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 120
PORT = 18471
missed = []


def check(what, holds, figure):
    print(f"{'ok    ' if holds else 'MISSED'} {what}: {figure}", flush=True)
    if not holds:
        missed.append(what)


def batch(name, fast, slow):
    return json.dumps({"name": name, "data": {"source": f"csv:{ROOT}/samples/data/1h", "symbols": "*", "timeframe": "1h"},
                       "strategies": [{"class": "SmaCross", "params": {"fast": fast, "slow": slow},
                                       "size": {"percentOfEquity": 10}}]}).encode()


class Connection:
    """One kept-alive connection."""

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", PORT)
        return self

    async def call(self, method, path, body=b"", headers=()):
        head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
        if body:
            head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        self.writer.write("\r\n".join([*head, *headers, "", ""]).encode() + body)
        status = int((await self.reader.readline()).split()[1])
        length, chunked = 0, False
        while (line := (await self.reader.readline()).strip().lower()):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
            chunked |= line == b"transfer-encoding: chunked"
        if not chunked:
            return status, await self.reader.readexactly(length)
        text = b""
        while (size := int(await self.reader.readline(), 16)):
            text += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return status, text

    def close(self):
        self.writer.close()


def rss(process):
    with open(f"/proc/{process.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))] if values else float("nan")


async def one_client(number, until, times, errors, known):
    connection = await Connection().open()
    turn = random.Random(number)
    submit_at = time.monotonic() + turn.random() * 10
    while time.monotonic() < until:
        if time.monotonic() > submit_at:
            status, text = await connection.call("POST", "/api/v1/batches", batch(f"small{number}", [5 + number % 20], [60]))
            if status == 202:
                known.append(json.loads(text)["id"])
            else:
                errors.append((status, text[:200]))
            submit_at = time.monotonic() + 10
        else:
            path = turn.choice(["/api/v1/batches?limit=20", "/api/v1/runs?limit=20", "/api/v1/catalogue/strategies",
                                "/api/v1/health/ready", f"/api/v1/batches/{turn.choice(known)}"])
            started = time.perf_counter()
            status, text = await connection.call("GET", path)
            times.append(time.perf_counter() - started)
            if status != 200:
                errors.append((status, text[:200]))
        await asyncio.sleep(0.1)
    connection.close()


async def read_for(seconds):
    connection, times = await Connection().open(), []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        started = time.perf_counter()
        status, _ = await connection.call("GET", "/api/v1/batches?limit=20")
        assert status == 200
        times.append(time.perf_counter() - started)
        await asyncio.sleep(0.02)
    connection.close()
    return times


async def until_idle(connection, seconds=600):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        text = (await connection.call("GET", "/api/v1/batches?limit=1000"))[1]
        if not any(job["state"] in ("queued", "running") for job in json.loads(text)):
            return
        await asyncio.sleep(1)


async def server_quantile(connection, q):
    """Of all GET requests without event streams, in milliseconds: the upper bound of the histogram's bucket."""
    text, counts = (await connection.call("GET", "/metrics"))[1].decode(), {}
    for line in text.splitlines():
        if line.startswith("http_server_request_duration_seconds_bucket{") and 'method="GET"' in line and "/events" not in line:
            bound = float(re.search(r'le="([^"]+)"', line).group(1).replace("+Inf", "inf"))
            counts[bound] = counts.get(bound, 0) + float(line.rsplit(" ", 1)[1])
    total = counts[float("inf")]
    return 1000 * next(b for b in sorted(counts) if counts[b] >= q * total), int(total)


async def load(process, connection):
    start = rss(process)
    times, errors, known = [], [], []
    # Large batches follow one another, so that one runs all the time.
    for i in range(max(1, int(SECONDS / 20))):
        status, text = await connection.call("POST", "/api/v1/batches", batch(f"large{i}", list(range(2, 42)), list(range(50, 90))))
        known.append(json.loads(text)["id"])
    until = time.monotonic() + SECONDS
    await asyncio.gather(*(one_client(n, until, times, errors, known) for n in range(50)))
    p99, count = await server_quantile(connection, 0.99)
    check("50 clients without an error", not errors, f"{len(times)} reads, {len(known)} batches, {len(errors)} errors {errors[:2]}")
    check("p99 of reads at the server below 50 ms", p99 <= 50, f"<= {p99:g} ms of {count} requests")
    print(f"       at the clients p50 {1000 * quantile(times, 0.5):.1f} ms, p99 {1000 * quantile(times, 0.99):.1f} ms")
    peak = rss(process)
    await until_idle(connection)
    await asyncio.sleep(60)
    check("memory one minute later within 100 MB of the start", rss(process) - start < 100,
          f"{start:.0f} MB, {peak:.0f} MB under load, {rss(process):.0f} MB after")


async def slow(connection):
    async def hang():
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(b"POST /api/v1/batches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
        return writer

    # A batch that runs as long as the streams: they stay open.
    status, text = await connection.call("POST", "/api/v1/batches", batch("watched", list(range(2, 48)), list(range(50, 140))))
    watched = json.loads(text)["id"]
    opened = await asyncio.gather(*(hang() for _ in range(500)))
    streams = []
    for _ in range(200):
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(f"GET /api/v1/batches/{watched}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        streams.append((reader, writer))
    served = [int((await asyncio.wait_for(reader.readline(), 20)).split()[1]) for reader, _ in streams]
    times = await read_for(10)
    check("200 event streams beside 500 slow connections", served.count(200) == 200, f"{served.count(200)} streams served")
    check("others are served meanwhile", quantile(times, 0.99) < 1, f"{len(times)} reads, p99 {1000 * quantile(times, 0.99):.1f} ms")
    for writer in [*opened, *(w for _, w in streams)]:
        writer.close()
    await connection.call("DELETE", f"/api/v1/batches/{watched}")


async def hostile(process, connection):
    await asyncio.sleep(10)
    start = rss(process)
    bodies = [("17 MB", b" " * (17 << 20), ()), ("100,000-fold nesting", b"[" * 100_000 + b"]" * 100_000, ()),
              ("a gzip bomb of 1 GB", gzip.compress(b"\0" * (1 << 30), 9), ("Content-Encoding: gzip",))]
    for what, body, headers in bodies:
        statuses = set()
        for _ in range(10):
            one = await Connection().open()
            try:
                status, text = await one.call("POST", "/api/v1/batches", body, headers)
                statuses.add((status, json.loads(text)["detail"][:90]))
            except (ConnectionError, asyncio.IncompleteReadError, IndexError):
                statuses.add((413, "the connection was closed while the body was sent"))
            one.close()
        check(f"{what} is refused", all(400 <= s < 500 for s, _ in statuses), statuses)
    await asyncio.sleep(20)
    check("memory after hostile bodies within 100 MB", rss(process) - start < 100, f"{start:.0f} MB, {rss(process):.0f} MB after")


async def main():
    granary = os.path.join(ROOT, "src/Granary.Cli/bin/Release/net10.0/granary.dll")
    print(f"load of the machine before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as runs, open(os.path.join(runs, "log"), "w") as log:
        process = subprocess.Popen(["dotnet", "exec", granary, "serve", "--urls", f"http://127.0.0.1:{PORT}", "--runs", runs],
                                   stdout=log, stderr=log)
        try:
            for _ in range(100):
                try:
                    connection = await Connection().open()
                    break
                except OSError:
                    await asyncio.sleep(0.5)
            await asyncio.sleep(5)
            await load(process, connection)
            await slow(connection)
            await hostile(process, await Connection().open())
        finally:
            process.terminate()
            process.wait()
    print(f"load of the machine after: {os.getloadavg()[0]:.2f}")
    sys.exit(1 if missed else 0)


asyncio.run(main())
