"""The client against a server of granary serve."""

import csv
import datetime as dt
import io
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import granary
from common import HAS_PANDAS, MARKETS, ServerProcess, batch, columns, granary_command, long_batch, python, rows, until


class RunTests(unittest.TestCase):
    """Batches, searches and walk-forwards, and what they leave."""

    @classmethod
    def setUpClass(cls):
        cls.server = granary.local(options=["--threads", "1"])
        cls.addClassCleanup(cls.server.stop)
        cls.run_ = cls.server.backtest(batch(), quiet=True)

    def csv_of(self, run, name):
        return list(csv.DictReader(io.StringIO(run.file(name).decode("utf-8"), newline="")))

    def assert_table_is(self, table, run, name):
        """Each value of a table is that of the run's CSV file."""
        expected = self.csv_of(run, name)
        found = rows(table)
        self.assertEqual(len(found), len(expected))
        self.assertEqual(columns(table), list(expected[0]))
        for have, want in zip(found, expected):
            for column, text in want.items():
                value = have[column]
                if text == "":
                    self.assertIsNone(value, column)
                elif isinstance(value, dt.datetime):
                    self.assertEqual(value.strftime("%Y-%m-%dT%H:%M:%SZ"), text)
                    self.assertEqual(value.utcoffset(), dt.timedelta(0))
                elif isinstance(value, (int, float)):
                    self.assertEqual(value, float(text), column)
                else:
                    self.assertEqual(str(value), text)

    def test_each_table_has_the_values_of_its_file(self):
        run = self.run_
        for table, name in ((run.trades(), "trades.csv"), (run.portfolio_trades(), "portfolio_trades.csv"),
                            (run.signals(), "signals.csv"), (run.factors(), "factors.csv"), (run.conditions(), "conditions.csv"),
                            (run.equity(), "equity.csv"), (run.allocations(), "allocations.csv"), (run.fills(), "portfolio_fills.csv"),
                            (run.table("trades_by_model.csv"), "trades_by_model.csv")):
            with self.subTest(name):
                self.assert_table_is(table, run, name)

    def test_tables_are_data_frames_exactly_where_pandas_is(self):
        self.assertEqual(type(self.run_.trades()).__name__, "DataFrame" if HAS_PANDAS else "list")
        plain = granary.Run(granary.connect(self.server.url, pandas=False), self.run_.id)
        self.assertEqual(plain.trades(), rows(self.run_.trades()))
        if not HAS_PANDAS:
            with self.assertRaisesRegex(granary.GranaryError, "pandas is not installed"):
                granary.connect(self.server.url, pandas=True)

    def test_a_filtered_table_has_the_columns_and_the_rows_of_the_whole_one(self):
        run = self.run_
        all_ = rows(run.trades())
        strategy = all_[0]["strategy"]
        some = run.trades(strategy=strategy)
        self.assertEqual(columns(some), columns(run.trades()))
        self.assertEqual(rows(some), [r for r in all_ if r["strategy"] == strategy])
        best = rows(run.trades(sort="-pnl_net", limit=3))
        self.assertEqual([r["pnl_net"] for r in best], sorted((r["pnl_net"] for r in all_), reverse=True)[:3])
        start = dt.datetime(2022, 3, 1, tzinfo=dt.timezone.utc)
        late = rows(run.trades(start=start, end=dt.date(2022, 6, 1)))
        end = dt.datetime(2022, 6, 1, tzinfo=dt.timezone.utc)
        self.assertEqual(len(late), sum(start <= r["exit_time"] < end for r in all_))
        self.assertEqual(rows(run.signals(strategy=strategy, limit=5)), [r for r in rows(run.signals()) if r["strategy"] == strategy][:5])
        nothing = run.trades(start="2030-01-01")
        self.assertEqual(len(nothing), 0)
        if HAS_PANDAS:
            self.assertEqual(columns(nothing), columns(run.trades()))

    def test_a_result_of_many_pages_is_read_to_its_end(self):
        many = batch(name="many", strategies=[{"class": "SmaCross", "params": {"fast": [2, 3, 4], "slow": list(range(5, 12))},
                                               "size": {"percentOfEquity": 5}}], outputs="all")
        run = self.server.backtest(many, quiet=True)
        whole = rows(run.trades())
        self.assertGreater(len(whole), 3000)
        paged = rows(run.trades(sort="pnl_net"))
        key = lambda r: (r["strategy"], r["entry_time"])  # noqa: E731
        self.assertEqual(sorted(paged, key=key), sorted(whole, key=key))
        self.assertEqual(len(run.strategies()), 42)
        self.assertEqual([r["pnl_net"] for r in paged], sorted(r["pnl_net"] for r in whole))
        self.assertEqual(rows(run.trades(sort="pnl_net", limit=1500)), paged[:1500])

    def test_a_run_has_figures_digest_report_and_production_configuration(self):
        run = self.run_
        results = run.results()
        self.assertEqual(run.digest, results["digest"])
        self.assertEqual(run.stats, results["portfolio"]["stats"])
        self.assertEqual(run.production()["digest"], run.digest)
        self.assertFalse(run.tradable)
        table = rows(run.strategies(sort="-sharpe"))
        self.assertEqual(len(table), 8)
        self.assertEqual({(r["param_fast"], r["param_slow"]) for r in table}, {(5, 20), (5, 40), (10, 20), (10, 40)})
        self.assertEqual([r["sharpe"] for r in table], sorted((s["stats"]["sharpe"] for s in results["strategies"]), reverse=True))
        self.assertEqual(run.figures()["stats"]["sharpe"], run.stats["sharpe"])
        own = rows(run.equity(table[0]["strategy"]))
        self.assertEqual(own[-1]["equity"], table[0]["finalEquity"])
        self.assertEqual(len(rows(run.months())), 24)
        self.assertEqual(columns(run.bars("ACME")), ["time", "open", "high", "low", "close", "volume"])
        self.assertEqual([n["code"] for n in rows(run.notes())], [n["code"] for n in results["notes"]])
        first = rows(run.resampling())[0]
        self.assertEqual((first["method"], first["figure"], first["p50"]), ("periods", "equity", 100000))
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(run.report(os.path.join(folder, "ä.html")).read_bytes(), run.file("report.html"))
            run.download(os.path.join(folder, "all"))
            self.assertEqual(sorted(os.listdir(os.path.join(folder, "all"))), sorted(run.files))

    def test_a_search_has_trials_and_a_walk_forward_windows(self):
        search = self.server.optimise(batch(name="search", strategies=[{
            "class": "SmaCross", "size": {"percentOfEquity": 50},
            "search": {"trials": 12, "space": {"fast": [3, 20], "slow": [25, 80]}}}]), quiet=True)
        self.assert_table_is(search.trials(), search, "trials.csv")
        self.assertEqual(len(search.searches()[0]["trials"]), 12)
        forward = self.server.walkforward(batch(name="forward", walkForward={"inSample": "200d", "outOfSample": "60d"}), quiet=True)
        self.assert_table_is(forward.windows(), forward, "windows.csv")
        table = rows(self.server.compare([self.run_, forward.id]))
        self.assertEqual([r["digest"] for r in table], [self.run_.digest, forward.digest])
        listed = rows(self.server.runs(kind="walk-forward"))
        self.assertIn(forward.id, [r["id"] for r in listed])
        self.assertTrue(self.server.verify(self.run_, quiet=True)["passed"])
        with self.assertRaisesRegex(granary.GranaryError, "has no file 'trials.csv'"):
            self.run_.trials()

    def test_a_batch_file_is_sent_as_it_is_and_its_paths_start_from_its_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "bars").mkdir()
            text = self.bars()
            Path(folder, "bars", "ACME.csv").write_text(text)
            file = Path(folder, "mine.json")
            file.write_text('{ // a comment\n "name": "mine", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1d" },\n'
                            '  "strategies": [ { "class": "BuyAndHold" } ] }', encoding="utf-8-sig")
            run = self.server.backtest(file, quiet=True)
            self.assertEqual(run.summary()["markets"], ["ACME"])
            again = self.server.submit(str(file), "walkforward", check=False)
            self.assertEqual(again.kind, "walkforward")
            again.cancel()

    def test_a_wrong_batch_is_refused_with_file_line_key_and_remedy(self):
        with self.assertRaises(granary.GranaryError) as refused:
            self.server.submit(batch(strategies=[{"class": "SmaCros"}]))
        self.assertEqual(refused.exception.status, 400)
        self.assertRegex(str(refused.exception), "strategies\\[0\\].class: there is no strategy class 'SmaCros'; did you mean 'SmaCross'")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "wrong.json")
            file.write_text('{\n "name": "x",\n "nmae": 1 }')
            for kind in ("backtest", "optimise"):
                with self.assertRaisesRegex(granary.GranaryError, "wrong.json, line 3"):
                    self.server.submit(file, kind)
        with self.assertRaisesRegex(granary.GranaryError, "nowhere.json: the batch file cannot be read .*give a path, or a dict"):
            self.server.submit("nowhere.json")
        with self.assertRaises(granary.GranaryError):
            self.server.submit(batch(data={"source": "csv:nowhere", "symbols": "*", "timeframe": "1d"}))
        with self.assertRaisesRegex(granary.GranaryError, "NaN, infinity"):
            self.server.submit(batch(account={"cash": float("nan")}))

    def test_a_repeated_submission_gives_the_same_job(self):
        first = self.server.submit(batch(name="once"), idempotency_key="once")
        self.assertEqual(self.server.submit(batch(name="once"), idempotency_key="once").id, first.id)
        self.assertNotEqual(self.server.submit(batch(name="once")).id, first.id)
        first.follow(quiet=True)

    @staticmethod
    def bars():
        lines = ["time,open,high,low,close,volume"]
        for i in range(300):
            close = 100 + 10 * ((i % 40) - 20) / 20
            lines.append(f"{(dt.date(2022, 1, 3) + dt.timedelta(days=i)).isoformat()},{close},{close + 1},{close - 1},{close + 0.5},1000")
        return "\n".join(lines) + "\n"

    @unittest.skipIf(os.name == "nt", "Windows has no such file names")
    def test_symbols_with_commas_quotes_and_other_alphabets_arrive_as_they_are(self):
        symbols = ["NA", "NULL", "007", "1e5", "TRUE", "a,b", 'q"q', "münze", "株式", "😀", " A "]
        with tempfile.TemporaryDirectory() as folder:
            for symbol in symbols:
                Path(folder, f"{symbol}.csv").write_text(self.bars())
            run = self.server.backtest({
                "name": "odd", "data": {"source": f"csv:{folder}", "symbols": "*", "timeframe": "1d"},
                "strategies": [{"class": "SmaCross", "params": {"fast": 3, "slow": 10}, "size": {"units": 1}}],
                "portfolio": {"weights": "equal"}}, quiet=True)
            found = {r["symbol"] for r in rows(run.trades())}
            self.assertEqual(found, {r["symbol"] for r in rows(run.strategies())})
            self.assertTrue(set(symbols) - {" A "} <= found, found)
            run.rename("odd, \"ä\" 株")
            self.assertEqual((run.name, rows(self.server.runs(search="株"))[0]["id"]), ("odd, \"ä\" 株", run.id))
            for row in rows(run.strategies()):
                self.assertEqual({r["symbol"] for r in rows(run.trades(strategy=row["strategy"]))}, {row["symbol"]})

    def test_a_strategy_that_never_trades_leaves_tables_without_rows(self):
        run = self.server.backtest(batch(name="none", strategies=[{"class": "SmaCross", "params": {"fast": 900, "slow": 1000},
                                                                   "size": {"units": 1}}]), quiet=True)
        for table in (run.trades(), run.signals(), run.portfolio_trades(), run.factors()):
            self.assertEqual(len(table), 0)
        if HAS_PANDAS:
            self.assertEqual([str(t) for t in run.trades().dtypes], [str(t) for t in self.run_.trades().dtypes])
            self.assertEqual([str(t) for t in run.signals().dtypes[:16]], [str(t) for t in self.run_.signals().dtypes[:16]])

    def test_weights_have_a_version_and_a_change_of_an_old_one_is_refused(self):
        with self.assertRaises(granary.GranaryError) as missing:
            self.server.weights("p")
        self.assertEqual(missing.exception.status, 404)
        first = self.server.set_weights({"A@ACME:1d": 0.5}, why="a start", replaces=0, portfolio="p")
        self.assertIsNone(self.server.newer_weights(first))
        second = self.server.set_weights({"A@ACME:1d": 0.25}, why="less", replaces=first, portfolio="p")
        self.assertEqual((dict(second), second.version, second.why), ({"A@ACME:1d": 0.25}, first.version + 1, "less"))
        self.assertEqual(self.server.newer_weights(first).version, second.version)
        for replaces in (first, 0):
            with self.assertRaises(granary.GranaryError) as refused:
                self.server.set_weights({"A@ACME:1d": 1}, why="late", replaces=replaces, portfolio="p")
            self.assertEqual(refused.exception.status, 412)
        plan = rows(self.server.preview_weights({"A@ACME:1d": 1}, portfolio="p"))
        self.assertEqual(len(plan), 1)
        back = self.server.roll_back_weights(first.version, why="back", replaces=second, portfolio="p")
        self.assertEqual(dict(back), dict(first))
        self.assertEqual([w.version for w in self.server.weights_history("p")], [3, 2, 1])
        self.assertEqual(self.server.weights_version(2, "p"), second)

    def test_a_live_session_is_started_followed_and_read(self):
        run = self.run_
        with self.assertRaises(granary.GranaryError):
            self.server.start_session(run, MARKETS, account="live", pace="x1000000000")  # its checks failed
        session = self.server.start_session(run, MARKETS, account="live", pace="x1000000000", withoutEvidence=True)
        phases = [view["phase"] for view in session.watch()]
        self.assertEqual((phases[-1], session.fault), ("done", None))
        self.assertEqual([s["id"] for s in rows(self.server.sessions())], ["live"])
        self.assertEqual({r["symbol"] for r in rows(session.positions())}, {"ACME", "BOLT"})
        self.assertEqual({r["symbol"] for r in rows(self.server.positions())}, {"ACME", "BOLT"})
        self.assertGreater(len(self.server.orders(strategy=rows(session.trades())[0]["strategy"])), 0)
        self.assertEqual(len(self.server.live_signals()), session.view["status"]["signals"])
        equity = rows(session.equity())
        self.assertAlmostEqual(equity[-1]["equity"], session.view["status"]["accountEquity"], places=6)
        self.assertEqual(len(session.log(limit=5)), 5)
        self.assertEqual({e["side"] for e in rows(session.log(kind="fill", filter="side=sell"))}, {"sell"})
        self.assertEqual(len(session.all_orders()), session.view["status"]["ordersSent"])
        self.assertEqual(len(session.run.table("orders.csv")), session.view["status"]["ordersSent"])
        self.assertGreater(len(session.bars("ACME")), 400)

    def test_entries_of_a_running_session_are_stopped_and_allowed_again(self):
        session = self.server.start_session(self.run_, MARKETS, account="slow", pace="x432000", withoutEvidence=True)
        until(lambda: session.refresh().view["status"] and session.view["status"]["bars"] > 0)
        until(lambda: len(self.server.strategies(account="slow")) > 0)
        strategy = rows(self.server.strategies(account="slow"))[0]["id"]
        changed = rows(self.server.disable(strategy, why="a test", account="slow"))
        self.assertEqual([(c["id"], c["enabled"]) for c in changed], [(strategy, False)])
        self.server.enable(symbol="ACME", why="all again", account="slow")
        self.assertEqual(rows(self.server.entry_changes(strategy))[0]["why"], "a test")
        session.command("pause", "a test")
        session.stop_strategy(strategy, why="enough")
        session.command("stop", "the end")
        self.assertEqual([v["phase"] for v in session.watch()][-1], "done")
        with self.assertRaisesRegex(granary.GranaryError, "either a strategy or a symbol"):
            self.server.enable(why="neither")

    def test_bars_are_uploaded_imported_and_read(self):
        self.server.upload("ACME.csv", self.bars())
        self.assertEqual([u["name"] for u in rows(self.server.uploads())], ["ACME.csv"])
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "ACME.csv").write_text(self.bars())
            done = self.server.import_bars(os.path.join(folder, "ACME.csv"), "mine", symbol="ACME", timeframe="1d", quiet=True)
            self.assertIsInstance(done, dict)
        stored = rows(self.server.bars(self.server.stores()[0]["store"], "ACME", "1d"))
        self.assertEqual((len(stored), stored[0]["open"], stored[0]["time"]), (300, 90.0, dt.datetime(2022, 1, 3, tzinfo=dt.timezone.utc)))
        some = rows(self.server.bars(self.server.stores()[0]["store"], "ACME", "1d", start="2022-02-01", end=dt.date(2022, 3, 1)))
        self.assertEqual(len(some), 28)
        self.server.delete_upload("ACME.csv")
        self.assertEqual(len(self.server.uploads()), 0)

    def test_catalogues_and_lists_are_tables(self):
        self.assertIn("SmaCross", [s["name"] for s in rows(self.server.catalogue("strategies"))])
        self.assertIn("optimise", [s["name"] for s in rows(self.server.catalogue("jobs"))])
        self.assertIn("strategies", self.server.batch_schema()["properties"])
        self.assertEqual(len(self.server.cron_times("0 2 * * *")), 3)
        self.assertGreaterEqual(len(self.server.jobs(state="done")), 1)
        self.assertEqual(len(self.server.jobs(limit=1)), 1)
        self.assertEqual(self.server.get("jobs", limit=1)["items"][0]["id"], rows(self.server.jobs(limit=1))[0]["id"])
        self.assertEqual((len(self.server.deployments()), self.server.schedules()), (0, []))
        made = self.server.set_schedule("nightly", "0 2 * * *", {"kind": "walkforward", "batch": batch()}, why="a test")
        self.assertEqual((made["name"], len(self.server.schedule_runs("nightly"))), ("nightly", 0))
        self.server.remove_schedule("nightly")
        change = next(self.server.changes())
        self.assertEqual(change["kind"], "revision")


class JobTests(unittest.TestCase):
    """Jobs that are followed, cancelled and interrupted."""

    def test_a_job_is_cancelled_and_resumed(self):
        with granary.local(options=["--threads", "1"]) as server:
            job = server.submit(long_batch())
            with self.assertRaisesRegex(granary.GranaryError, "has not ended; follow"):
                job.run
            job.cancel()
            with self.assertRaisesRegex(granary.GranaryError, "was cancelled; its resume"):
                job.follow(quiet=True)
            self.assertEqual(job.resume().follow(quiet=True).state, "done")

    def test_a_failure_is_the_fault_of_the_job(self):
        with granary.local(options=["--threads", "1"]) as server, tempfile.TemporaryDirectory() as folder:
            Path(folder, "ACME.csv").write_text("time,open,high,low,close,volume\n2022-01-03,1,2,0.5,1,10\n2022-01-02,oops,2,0.5,1,10\n")
            with self.assertRaisesRegex(granary.GranaryError, "ACME.csv, line 3"):
                server.backtest(batch(data={"source": f"csv:{folder}", "symbols": "*", "timeframe": "1d"}), quiet=True, check=False)

    def test_a_server_that_is_killed_and_comes_back_is_followed_to_the_same_result(self):
        with tempfile.TemporaryDirectory() as folder:
            process = ServerProcess(folder, "--threads", "1")
            try:
                server = granary.connect(process.url, timeout=120)
                whole = server.backtest(long_batch(), quiet=True)
                job = server.submit(long_batch())
                seen = []

                def follow():
                    for status in job.watch():
                        seen.append(status)

                thread = threading.Thread(target=follow, daemon=True)
                thread.start()
                until(lambda: seen and seen[-1]["progress"]["bars"] > 0)
                process.kill()
                time.sleep(0.5)
                process.start()
                thread.join(300)
                self.assertEqual(seen[-1]["state"], "done")
                self.assertEqual(job.run.digest, whole.digest)
            finally:
                process.kill()

    @unittest.skipIf(os.name == "nt", "needs POSIX signals")
    def test_an_interrupt_leaves_the_job_running_and_says_its_id(self):
        # The child says that it follows and stays at the first status, so that the job cannot end before the interrupt. It sleeps in
        # short pieces: an interrupt just before signal.pause() would leave it waiting without end.
        # A shell starts programs in the background with interrupts ignored, and the child would inherit that.
        code = ("import signal, sys, time; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
                "sys.path[:0] = [sys.argv[1], sys.argv[2]]\nimport granary\nfrom common import long_batch\n"
                "job = granary.connect(sys.argv[3]).submit(long_batch()); print(job.id, flush=True)\n"
                "watch = job.watch\n"
                "def first():\n"
                "    yield next(watch()); print('follows', flush=True)\n"
                "    while True: time.sleep(0.05)\n"
                "job.watch = first; job.follow()\n")
        here = str(Path(__file__).resolve().parent)
        with granary.local(options=["--threads", "1"]) as server:
            child = python("-c", code, here, str(Path(granary.__file__).resolve().parent), server.url,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            job = server.job(child.stdout.readline().decode().strip())
            self.assertEqual(child.stdout.readline().decode().strip(), "follows")
            child.send_signal(signal.SIGINT)
            errors = child.communicate()[1].decode()
            self.assertNotEqual(child.returncode, 0)
            self.assertIn(f"KeyboardInterrupt: the job {job.id} continues", errors)
            self.assertEqual(job.follow(quiet=True).state, "done")


class KeyTests(unittest.TestCase):
    """Keys and roles."""

    def test_a_key_decides_what_a_caller_may_do(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "keys.json")
            keys = {}
            for role in ("viewer", "submitter"):
                text = granary_command("keys", "add", f"the-{role}", "--role", role, "--file", file)
                keys[role] = next(word for word in text.split() if len(word) > 30)
            server = granary.local(os.path.join(folder, "runs"), options=["--keys", file])
            try:
                for wrong in (None, "wrong"):
                    with self.assertRaises(granary.GranaryError) as refused:
                        granary.connect(server.url, wrong or "")
                    self.assertEqual(refused.exception.status, 401)
                viewer = granary.connect(server.url, keys["viewer"])
                self.assertEqual(viewer.caller()["role"], "viewer")
                with self.assertRaises(granary.GranaryError) as refused:
                    viewer.submit(batch())
                self.assertEqual(refused.exception.status, 403)
                before = os.environ.get("GRANARY_KEY")
                os.environ["GRANARY_KEY"] = keys["submitter"] + "\n"
                try:
                    run = granary.connect(server.url).backtest(batch(), quiet=True)
                finally:
                    del os.environ["GRANARY_KEY"]
                    if before is not None:
                        os.environ["GRANARY_KEY"] = before
                self.assertEqual(len(viewer.run(run.id).trades()), len(viewer.run(run.id).table("trades.csv")))
                self.assertIn("/shared/", granary.connect(server.url, keys["submitter"]).run(run.id).share(days=1))
            finally:
                server.stop()


class LocalTests(unittest.TestCase):
    """Servers that the client starts."""

    def test_the_program_of_the_readme_runs_where_nothing_else_is(self):
        source = Path(granary.__file__).resolve()
        readme = (source.parent / "README.md").read_text(encoding="utf-8")
        program = readme.split("```python\n")[1].split("```")[0]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "granary.py").write_bytes(source.read_bytes())
            child = python("-c", f"import sys; sys.path.insert(0, '.')\n{program}", cwd=folder, stdout=subprocess.PIPE)
            output = child.communicate()[0].decode()
            self.assertEqual((child.returncode, len(output.splitlines()[0])), (0, 64), output)
            self.assertIn("<html", Path(folder, "report.html").read_text(encoding="utf-8")[:500])

    def test_a_local_server_keeps_a_given_folder_and_deletes_its_own(self):
        with granary.local() as server:
            own = server.folder
            self.assertTrue(own.is_dir())
        self.assertFalse(own.exists())
        with tempfile.TemporaryDirectory() as folder:
            given = os.path.join(folder, "mine ä")
            with granary.local(given) as server:
                id_ = server.backtest(batch(), quiet=True).id
                with self.assertRaisesRegex(granary.GranaryError, "exit code 2: --runs .* is in use by"):
                    granary.local(given)
            with granary.local(given) as server:
                self.assertEqual([r["id"] for r in rows(server.runs())], [id_])

    def test_a_server_that_cannot_be_found_or_started_is_said_so(self):
        with self.assertRaisesRegex(granary.GranaryError, "there is no such program"):
            granary.local(program="/nowhere/granary")
        with self.assertRaisesRegex(granary.GranaryError, "exit code 2"):
            granary.local(options=["--nonsense"])
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "copied.py")
            copy.write_bytes(Path(granary.__file__).read_bytes())
            code = ("import sys, os; sys.path.insert(0, sys.argv[1]); os.environ.pop('GRANARY', None); os.environ['PATH'] = '';"
                    "import copied; copied.local()")
            child = python("-c", code, folder, stderr=subprocess.PIPE)
            errors = child.communicate()[1].decode()
            self.assertIn("granary is not found: it is neither in the variable GRANARY nor on the PATH", errors)

    @unittest.skipIf(os.name == "nt", "needs POSIX signals")
    def test_a_local_server_ends_with_a_program_that_is_killed(self):
        code = ("import sys, time; sys.path.insert(0, sys.argv[1])\nimport granary\ns = granary.local()\n"
                "print(s.url, s.folder, flush=True)\ntime.sleep(600)\n")
        child = python("-c", code, str(Path(granary.__file__).resolve().parent), stdout=subprocess.PIPE)
        url, folder = child.stdout.readline().decode().split()
        self.assertEqual(granary.connect(url).caller()["role"], "admin")
        child.kill()
        child.communicate()
        until(lambda: not os.path.exists(folder), 60)
        with self.assertRaises(granary.GranaryError):
            granary.connect(url)
