"""Each operation of docs/openapi.json is sent by a method of granary.py, or stands here with its reason."""

import inspect
import json
import re
import unittest
from pathlib import Path

import granary

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"

# The operations that no method sends; server.get, post, put, patch and delete do.
LEFT_OUT = {
    "listBatches": "listJobs of the kind backtest",
    "getBatch": "getJob: a batch is a job",
    "cancelBatch": "cancelJob",
    "watchBatch": "watchJob",
    "resumeBatch": "resumeJob",
    "getBatchFile": "getJobFile",
    "submitExperiment": "submitJob of the kind experiment",
    "isLive": "a probe of an orchestrator",
    "openShare": "a link for a browser, whose whole address share returns",
    "openSharedFile": "likewise",
    "getSignIn": "for a browser: a program has a key or a token",
    "signOut": "likewise",
    "linkReport": "a link of one minute, for the dashboard",
}

CATALOGUES = ("strategies", "factors", "trainers", "brokers", "jobs", "objectives")

# Methods of a server that send what their arguments say.
ANY = {"get", "post", "put", "patch", "delete"}

SAMPLES = {
    "batch": {}, "weights": {}, "job": {}, "rows": [], "runs": ["a"], "configuration": {}, "bars": "time\n", "files": ["a"],
    "kind": "factors",
    "number": 1, "version": 1, "replaces": 1, "first": 1, "second": 2, "current": 1,
    "challenger": 2, "enabled": True, "limit": 2, "points": 5,
    "than": granary.Weights({"weights": {}, "portfolio": "p", "version": 1, "who": "", "why": "", "at": "2024-01-01T00:00:00Z"}),
}


class Sent(Exception):
    pass


class Recorder(granary._Http):
    """Keeps the requests, and answers none."""

    def __init__(self):
        super().__init__("http://server", None, 1, None)
        self.requests = []

    def _once(self, method, path, query, body, headers, stream, timeout):
        names = {k for k, v in (query or {}).items() if v is not None}
        self.requests.append((method, "/api/v1/" + path, names, "arrow" in headers.get("Accept", "")))
        raise Sent


def operations():
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for path, methods in document["paths"].items():
        pattern = re.compile(re.sub(r"\\?\{\w+\\?\}", "[^/]+", re.escape(path)) + "$")
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                query = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
                yield operation["operationId"], method.upper(), pattern, query, path.count("{")


def calls(target):
    """Calls each public method, first with the arguments that it needs, then with each of the others."""
    for name, member in inspect.getmembers(type(target)):
        if name.startswith("_") or name in ANY and isinstance(target, granary.Server):
            continue
        if isinstance(member, property):
            yield lambda name=name: getattr(target, name)
            continue
        if not inspect.isfunction(member):
            continue
        if name == "catalogue":
            yield from (lambda kind=kind: target.catalogue(kind) for kind in CATALOGUES)
        parameters = list(inspect.signature(member).parameters.values())[1:]
        named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        needed = {p.name: SAMPLES.get(p.name, "a") for p in named if p.default is p.empty}
        for chosen in [None, *[p for p in named if p.default is not p.empty]]:
            given = dict(needed)
            if chosen is not None:
                given[chosen.name] = SAMPLES.get(chosen.name, "a") if chosen.default in (None, "") else chosen.default

            def call(name=name, given=given):
                done = getattr(target, name)(**given)
                if inspect.isgenerator(done):
                    next(done)

            yield call


class OperationTests(unittest.TestCase):
    def test_each_operation_is_sent_by_a_method_or_is_left_out_for_a_reason(self):
        known = list(operations())
        http = Recorder()
        server = granary.Server(http, pandas=False)
        server._tables.arrow = object()
        targets = [server, granary.Job(server, {"id": "a", "kind": "backtest", "state": "done", "files": ["results.json"], "ended": True}),
                   granary.Run(server, "a"), granary.Session(server, {"id": "a", "run": "a", "phase": "done"})]
        for target in targets:
            for call in calls(target):
                try:
                    call()
                except (Sent, granary.GranaryError, KeyError, OSError, ValueError, TypeError):
                    continue
        found = set()
        for method, path, query, is_arrow in http.requests:
            matches = [o for o in known if o[1] == method and o[2].match(path)]
            if not matches and is_arrow:
                continue
            self.assertTrue(matches, f"no operation is {method} {path}")
            best = min(matches, key=lambda o: o[4])
            self.assertLessEqual(query, best[3], f"{best[0]} has no such parameters")
            found.add(best[0])
        every = {o[0] for o in known}
        self.assertEqual(every - found, set(LEFT_OUT), "operations without a method")
        self.assertEqual(found & set(LEFT_OUT), set())
