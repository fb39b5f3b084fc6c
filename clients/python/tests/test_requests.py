"""Requests against servers that misbehave: retries, refusals, event streams, values in JSON."""

import datetime as dt
import io
import json
import os
import socket
import sys
import time
import unittest

import granary
from common import HAS_PANDAS, FakeServer, rows, send

CALLER = b'{"name": "x", "role": "admin"}'


class RefusalTests(unittest.TestCase):
    def test_a_refusal_has_the_sentence_of_the_server(self):
        problem = json.dumps({"type": "/errors/changed", "title": "Changed", "status": 412, "detail": "äöü: another caller was first"})
        with FakeServer(lambda h, n: send(h, 200, CALLER) if n == 1 else send(h, 412, problem.encode(), "application/problem+json")) as s:
            server = granary.connect(s.url)
            with self.assertRaises(granary.GranaryError) as refused:
                server.put("x", {})
        self.assertEqual((str(refused.exception), refused.exception.status, refused.exception.type, refused.exception.title),
                         ("äöü: another caller was first", 412, "/errors/changed", "Changed"))

    def test_a_server_that_asks_to_wait_is_asked_again_after_that_time(self):
        with FakeServer(lambda h, n: send(h, 429, Retry_After="1") if n == 2 else send(h, 200, CALLER)) as s:
            server = granary.connect(s.url)
            start = time.monotonic()
            self.assertEqual(server.post("anything", {}), json.loads(CALLER))
            self.assertGreaterEqual(time.monotonic() - start, 1)

    def test_a_change_is_not_repeated_where_its_answer_is_unknown(self):
        with FakeServer(lambda h, n: send(h, 200, CALLER) if n == 1 else send(h, 503)) as s:
            server = granary.connect(s.url, timeout=1)
            with self.assertRaises(granary.GranaryError):
                server.put("weights", {})
            self.assertEqual(len(s.requests), 2)

    def test_a_submission_is_repeated_with_the_same_key(self):
        status = b'{"id": "a", "kind": "backtest", "state": "queued", "name": "a", "files": [], "ended": false}'
        with FakeServer(lambda h, n: send(h, 200, CALLER) if n == 1 else send(h, 503) if n == 2 else send(h, 202, status)) as s:
            job = granary.connect(s.url).submit({"name": "a"})
            keys = {request[2]["idempotency-key"] for request in s.requests[1:]}
        self.assertEqual((job.id, len(s.requests), len(keys)), ("a", 3, 1))

    def test_a_submission_whose_connection_breaks_is_repeated(self):
        status = b'{"id": "a", "kind": "backtest", "state": "queued", "name": "a", "files": [], "ended": false}'

        def answer(handler, number):
            if number == 2:
                handler.connection.shutdown(socket.SHUT_RDWR)
                handler.close_connection = True
            else:
                send(handler, 200, CALLER if number == 1 else status)

        with FakeServer(answer) as s:
            self.assertEqual(granary.connect(s.url).submit({"name": "a"}).id, "a")

    def test_another_server_is_asked_where_one_does_not_answer(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            dead = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with FakeServer(lambda h, n: send(h, 200, CALLER)) as s:
            for urls in ([dead, s.url], f"{dead},{s.url}"):
                self.assertEqual(granary.connect(urls).caller()["name"], "x")

    def test_a_server_that_hangs_is_left_for_the_next_one(self):
        with FakeServer(lambda h, n: time.sleep(20)) as mute, FakeServer(lambda h, n: send(h, 200, CALLER)) as s:
            server = granary.connect([s.url, mute.url])
            server._http.skip()
            start = time.monotonic()
            self.assertEqual(server.caller()["name"], "x")
            self.assertLess(time.monotonic() - start, 15)

    def test_a_redirect_is_refused_and_the_key_is_not_sent_on(self):
        with FakeServer(lambda h, n: send(h, 200, CALLER)) as other:
            with FakeServer(lambda h, n: send(h, 200, CALLER) if n == 1 else send(h, 302, Location=other.url + "/x")) as s:
                server = granary.connect(s.url, "secret")
                with self.assertRaises(granary.GranaryError):
                    server.get("runs")
            self.assertEqual(other.requests, [])

    def test_a_server_of_another_kind_is_named(self):
        def answer(handler, number):
            handler.send_response(200)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with FakeServer(answer) as s:
            with self.assertRaisesRegex(granary.GranaryError, "is not a Granary server"):
                granary.connect(s.url)

    def test_a_proxy_of_the_environment_is_not_used_for_this_machine(self):
        before = os.environ.get("http_proxy")
        os.environ["http_proxy"] = "http://127.0.0.1:1"
        try:
            with FakeServer(lambda h, n: send(h, 200, CALLER)) as s:
                self.assertEqual(granary.connect(s.url).caller()["name"], "x")
        finally:
            del os.environ["http_proxy"]
            if before is not None:
                os.environ["http_proxy"] = before

    def test_addresses_and_keys_that_cannot_be_are_refused(self):
        for url in ("127.0.0.1:8080", "ftp://x", "http://", "http://x:99999", "", "http://h?x=1"):
            with self.assertRaisesRegex(granary.GranaryError, "is not the address of a server"):
                granary.connect(url)
        with self.assertRaisesRegex(granary.GranaryError, "the key has characters"):
            granary.connect("http://127.0.0.1:1", "a\nb")

    def test_a_download_that_breaks_leaves_no_half_of_the_file(self):
        def answer(handler, number):
            if number == 1:
                return send(handler, 200, CALLER)
            handler.send_response(200)
            handler.send_header("Granary-Api", "1")
            handler.send_header("Content-Length", "100")
            handler.end_headers()
            handler.wfile.write(b"half")
            handler.close_connection = True

        import tempfile
        with tempfile.TemporaryDirectory() as folder, FakeServer(answer) as s:
            run = granary.Run(granary.connect(s.url), "x")
            with self.assertRaisesRegex(granary.GranaryError, "three times"):
                run.report(os.path.join(folder, "report.html"))
            self.assertEqual(os.listdir(folder), [])


class StreamTests(unittest.TestCase):
    def test_an_event_is_read_whole_and_an_event_that_breaks_off_is_dropped(self):
        text = "\ufeff: comment\r\nevent: a\r\ndata: 1\r\ndata:  2\r\nid: 7\r\n\r\n\n\ndata: ä\n\nevent: c\ndata: half"
        self.assertEqual(list(granary._events_of(io.BytesIO(text.encode()))), [("a", "1\n 2", "7"), ("message", "ä", "7")])

    def test_a_stream_that_breaks_continues_after_its_last_event(self):
        def event(number, ended):
            return f'event: progress\nid: {number}\ndata: {{"revision": {number}, "ended": {json.dumps(ended)}}}\n\n'.encode()

        def answer(handler, number):
            bodies = {1: CALLER, 2: event(7, False), 3: event(7, False) + event(8, True)}
            send(handler, 200, bodies[number], "text/event-stream")

        with FakeServer(answer) as s:
            server = granary.connect(s.url)
            values = list(server._http.events("jobs/x/events", lambda v: v["ended"]))
            asked = [r[2].get("last-event-id") for r in s.requests[1:]]
        self.assertEqual(([v["revision"] for v in values], asked), ([7, 8], [None, "7"]))

    def test_a_server_that_never_gives_an_event_is_a_fault_within_the_timeout(self):
        with FakeServer(lambda h, n: send(h, 200, CALLER if n == 1 else b"data: {", "text/event-stream")) as s:
            server = granary.connect(s.url, timeout=1)
            with self.assertRaisesRegex(granary.GranaryError, "jobs/a b/events within 1 s"):
                list(server._http.events("jobs/a%20b/events", lambda v: False))


class ValueTests(unittest.TestCase):
    def test_values_that_json_lacks_are_written_or_refused_with_a_sentence(self):
        self.assertEqual(json.loads(granary._json({"a": dt.date(2024, 1, 2), "b": range(3), "c": "ä", "d": dt.datetime(2024, 1, 2)})),
                         {"a": "2024-01-02", "b": [0, 1, 2], "c": "ä", "d": "2024-01-02"})
        east = dt.timezone(dt.timedelta(hours=2))
        self.assertEqual(granary._text_of(dt.datetime(2024, 1, 2, 1, tzinfo=east)), "2024-01-01T23:00:00Z")
        for value in (float("nan"), float("inf"), object(), {(1, 2): 3}, "\ud800"):
            with self.assertRaises(granary.GranaryError):
                granary._json({"a": value} if not isinstance(value, dict) else value)

    @unittest.skipUnless(HAS_PANDAS, "pandas is not installed")
    def test_numbers_of_numpy_and_series_of_pandas_are_written(self):
        import numpy
        import pandas
        given = {"a": numpy.int64(3), "b": numpy.arange(2), "c": pandas.Series([1.5]), "d": pandas.Timestamp("2024-01-02"),
                 "e": numpy.bool_(True)}
        self.assertEqual(json.loads(granary._json(given)), {"a": 3, "b": [0, 1], "c": [1.5], "d": "2024-01-02", "e": True})

    def test_times_are_read_in_each_form_that_a_server_writes(self):
        for text, micro in (("2024-01-02T03:04:05Z", 0), ("2024-01-02T05:04:05.1234567+02:00", 123456), ("2024-01-02T03:04:05.5Z", 500000)):
            self.assertEqual(granary._time_of(text), dt.datetime(2024, 1, 2, 3, 4, 5, micro, dt.timezone.utc))
        self.assertIsNone(granary._time_of("0001-01-01T00:00:00Z"))

    def test_texts_of_a_table_stay_texts_and_numbers_keep_each_bit(self):
        names = ["NA", "NULL", "nan", "007", "1e5", "TRUE", "", "a,b", 'q"q', "line\nbreak", "münze", "株式"]
        numbers = ["0.1", "1e-17", "123456789.123456789", "5e-324", "1.7976931348623157E+308",
                   "NaN", "Infinity", "-Infinity", "", "1", "2", "3"]
        quoted = ['"' + n.replace('"', '""') + '"' for n in names]
        data = "\n".join(["symbol,price,number,time,extra"] + [
            f"{q},{x},{i},2024-01-02T00:00:00{'.5' if i % 2 else ''}Z,{i}" for i, (q, x) in enumerate(zip(quoted, numbers))]) + "\n"
        for pandas in ([True, False] if HAS_PANDAS else [False]):
            done = rows(granary._Tables(pandas).of_csv(data.encode()))
            self.assertEqual([r["symbol"] for r in done], [n or None for n in names])
            read = [None if r["price"] is None or r["price"] != r["price"] else r["price"] for r in done]
            self.assertEqual(read, [None if x in ("", "NaN") else float(x) for x in numbers])
            self.assertEqual([(r["number"], r["extra"]) for r in done], [(i, i) for i in range(12)])
            self.assertEqual({r["time"].microsecond for r in done}, {0, 500000})

    @unittest.skipUnless(HAS_PANDAS, "pandas is not installed")
    def test_a_table_without_rows_has_its_columns_and_their_kinds(self):
        frame = granary._Tables(True).of_csv(b"strategy,entry_time,price,bars\n")
        self.assertEqual([str(t) for t in frame.dtypes], ["category", "datetime64[ns, UTC]", "float64", "int64"])
        self.assertEqual(granary._Tables(False).of_csv(b"strategy,entry_time,price,bars\n"), [])

    def test_an_arrow_stream_is_read_if_the_machine_and_the_server_have_it(self):
        if not HAS_PANDAS:
            self.skipTest("pandas is not installed")
        import pandas

        class Reader:
            def __init__(self, data):
                self.data = data

            def __enter__(self):
                return self

            def __exit__(self, *_):
                return None

            def read_all(self):
                return self

            def unify_dictionaries(self):
                return self

            def to_pandas(self):
                return pandas.DataFrame({"strategy": [self.data.decode()], "entry_time": pandas.to_datetime(["2024-01-02"], utc=True)})

        class Ipc:
            open_stream = Reader

        def answer(handler, number):
            kind = granary._ARROW if "arrow" in handler.headers.get("Accept", "") else "application/json"
            send(handler, 200, CALLER if number == 1 else b"A", kind)

        with FakeServer(answer) as s:
            server = granary.connect(s.url)
            server._tables.arrow = Ipc
            frame = granary.Run(server, "x").trades()
        self.assertEqual((str(frame["strategy"].dtype), frame["strategy"][0], len(s.requests)), ("category", "A", 2))


class ProgressTests(unittest.TestCase):
    def test_a_terminal_has_one_line_and_quiet_has_none(self):
        class Terminal(io.StringIO):
            def isatty(self):
                return True

        status = {"name": "first", "state": "running", "ended": False,
                  "progress": {"strategies": 8, "done": 3, "failed": 1, "bars": 50, "barsTotal": 200, "stage": "strategies"}}
        before = sys.stderr
        try:
            texts = []
            for terminal, quiet in ((Terminal(), False), (Terminal(), True), (io.StringIO(), False)):
                sys.stderr = terminal
                progress = granary._Progress(quiet)
                progress.show(status)
                progress.show({**status, "state": "done", "ended": True})
                progress.end()
                texts.append(terminal.getvalue())
        finally:
            sys.stderr = before
        self.assertEqual(texts[1:], ["", ""])
        lines = texts[0].split("\r")
        self.assertEqual(lines[1], "first: running, 3 of 8 strategies, 1 failed, strategies,  25%")
        self.assertEqual(lines[2].rstrip(), "first: done, 3 of 8 strategies, 1 failed")
