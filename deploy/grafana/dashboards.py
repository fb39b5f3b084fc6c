#!/usr/bin/env python3
"""Writes the Grafana dashboards beside this file.

    python3 deploy/grafana/dashboards.py            writes granary-cluster.json, granary-batch.json and granary-session.json
    python3 deploy/grafana/dashboards.py --check    ends with 1 if a file differs from what would be written
"""
import json
import sys
from pathlib import Path

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
SILO = 'job="$job", instance=~"$silo"'
WIDTH, STAT, HEIGHT = 24, 4, 8


def of(*more):
    """A selector of the chosen servers."""
    return "{" + ", ".join([SILO, *more]) + "}"


ACCOUNT = 'granary_account=~"$account"'
KIND = 'granary_kind=~"$kind"'


def state(name):
    return f'granary_state="{name}"'


def quantile(q, metric, *more, by="le", window="$__rate_interval"):
    """window: 1h for what happens now and then, of which a shorter one has no value most of the time."""
    return f"histogram_quantile({q}, sum by ({by}) (rate({metric}_bucket{of(*more)}[{window}])))"


def per_second(metric, *more, by="instance"):
    return f"sum by ({by}) (rate({metric}{of(*more)}[$__rate_interval]))"


def steps(*limits):
    """Thresholds: green, and from each limit on the next colour."""
    colours = ["orange", "red"] if len(limits) == 2 else ["red"]
    return {"mode": "absolute", "steps": [{"value": None, "color": "green"},
                                          *({"value": v, "color": c} for v, c in zip(limits, colours))]}


def falling(low, lower):
    """Thresholds of a figure that must not become small."""
    return {"mode": "absolute", "steps": [{"value": None, "color": "red"}, {"value": lower, "color": "orange"},
                                          {"value": low, "color": "green"}]}


def runbook(page):
    return [{"title": f"Runbook: {page}", "type": "link", "icon": "doc", "tooltip": "", "url": "${server}/docs/runbook/" + page,
             "tags": [], "asDropdown": False, "targetBlank": True, "includeVars": False, "keepTime": False}]


def panel(kind, title, what, queries, unit, width, height, config, options, page=None):
    """A panel without its place. A query is (expression, legend), or (expression, legend, "table")."""
    targets = []
    for i, query in enumerate(queries):
        target = {"refId": chr(ord("A") + i), "datasource": SOURCE, "expr": query[0], "legendFormat": query[1], "editorMode": "code"}
        instant = kind in ("table",)
        target |= {"instant": instant, "range": not instant, "format": "table" if instant else "time_series"}
        targets.append(target)
    made = {"type": kind, "title": title, "description": what, "datasource": SOURCE, "targets": targets,
            "fieldConfig": {"defaults": {"unit": unit, **config}, "overrides": []}, "options": options, "size": (width, height)}
    if page:
        made["links"] = runbook(page)
    return made


def stat(title, what, expr, unit="short", limits=(), page=None, width=3, text="auto", legend="", falls=False):
    config = {"noValue": "none", "color": {"mode": "thresholds"},
              "thresholds": falling(*limits) if falls else steps(*limits)}
    options = {"graphMode": "none", "colorMode": "value" if limits else "none", "justifyMode": "auto", "textMode": text,
               "wideLayout": True, "showPercentChange": False, "percentChangeColorMode": "standard", "orientation": "auto",
               "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}}
    return panel("stat", title, what, [(expr, legend)], unit, width, STAT, config, options, page)


def series(title, what, queries, unit="short", limits=(), page=None, width=8, stacked=False, low=0):
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 10 if stacked else 0, "showPoints": "never", "spanNulls": False,
              "lineInterpolation": "linear", "stacking": {"group": "A", "mode": "normal" if stacked else "none"},
              "thresholdsStyle": {"mode": "dashed" if limits else "off"}}
    config = {"custom": custom, "color": {"mode": "palette-classic"}, "thresholds": steps(*limits)}
    if low is not None:
        config["min"] = low
    options = {"legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    return panel("timeseries", title, what, queries, unit, width, HEIGHT, config, options, page)


def table(title, what, queries, columns, width=24, height=8, links=None, units=None):
    """columns: field to title, in their order; the value of query A is the field "Value #A". units and links: title to unit and address."""
    config = {"custom": {"align": "left", "inspect": False}, "noValue": "-"}
    made = panel("table", title, what, [(expr, "") for expr in queries], "short", width, height, config,
                 {"showHeader": True, "frameIndex": 0, "cellHeight": "sm"})
    values = ["Value"] if len(queries) == 1 else [f"Value #{chr(ord('A') + i)}" for i in range(len(queries))]
    made["transformations"] = [{"id": "merge", "options": {}}, {"id": "organize", "options": {
        "excludeByName": {name: True for name in ["Time", *values] if name not in columns},
        "indexByName": {name: i for i, name in enumerate(columns)}, "renameByName": columns}}]
    by_title = [(title, "unit", unit) for title, unit in (units or {}).items()]
    by_title += [(title, "links", [{"title": title, "url": url, "targetBlank": False}]) for title, url in (links or {}).items()]
    for title, name, value in by_title:
        made["fieldConfig"]["overrides"].append(
            {"matcher": {"id": "byName", "options": title}, "properties": [{"id": name, "value": value}]})
    return made


def query_variable(name, label, query, many=True):
    made = {"type": "query", "name": name, "label": label, "hide": 0, "skipUrlSync": False, "datasource": SOURCE, "definition": query,
            "query": query, "refresh": 2, "regex": "", "sort": 1,
            "multi": many, "includeAll": many, "options": []}
    if many:
        made |= {"allValue": ".*", "current": {"selected": True, "text": ["All"], "value": ["$__all"]}}
    else:
        made["current"] = {"selected": True, "text": "granary", "value": "granary"}
    return made


def variables(*more):
    return [
        {"type": "datasource", "name": "datasource", "label": "Prometheus", "hide": 0, "skipUrlSync": False, "query": "prometheus",
         "refresh": 1, "regex": "", "multi": False, "includeAll": False, "options": [],
         "current": {"selected": True, "text": "Granary", "value": "granary"}},
        query_variable("job", "Job", "label_values(granary_disk_free_bytes, job)", many=False),
        query_variable("silo", "Silo", 'label_values(up{job="$job"}, instance)'),
        *more,
        {"type": "textbox", "name": "server", "label": "Address of a server, for links", "hide": 0, "skipUrlSync": False,
         "query": "http://localhost:8080", "current": {"selected": True, "text": "http://localhost:8080", "value": "http://localhost:8080"},
         "options": [{"selected": True, "text": "http://localhost:8080", "value": "http://localhost:8080"}]},
    ]


def rows(groups):
    """Gives each panel its place and number: from left to right, below one another, under the heading of its group."""
    made, y, number = [], 0, 0
    for heading, panels in groups:
        number += 1
        made.append({"type": "row", "id": number, "title": heading, "collapsed": False, "panels": [],
                     "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}})
        y, x, tallest = y + 1, 0, 0
        for one in panels:
            width, height = one.pop("size")
            if x + width > WIDTH:
                x, y, tallest = 0, y + tallest, 0
            number += 1
            made.append({"id": number, **one, "gridPos": {"x": x, "y": y, "w": width, "h": height}})
            x, tallest = x + width, max(tallest, height)
        y += tallest
    return made


def link(title, url=None):
    made = {"title": title, "type": "link" if url else "dashboards", "icon": "doc" if url else "dashboard", "tooltip": "",
            "tags": [] if url else ["granary"], "asDropdown": False, "targetBlank": bool(url), "includeVars": not url, "keepTime": not url}
    if url:
        made["url"] = url
    return made


def dashboard(uid, title, what, groups, *more):
    return {
        "uid": uid, "title": title, "description": what, "tags": ["granary"], "timezone": "utc", "editable": False, "graphTooltip": 1,
        "schemaVersion": 39, "version": 1, "refresh": "30s", "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": variables(*more)},
        "annotations": {"list": [{
            "name": "Alerts", "datasource": SOURCE, "enable": True, "hide": False, "iconColor": "red",
            "expr": 'ALERTS{alertname=~"Granary.*", alertstate="firing"}', "step": "30s", "titleFormat": "{{alertname}}",
            "textFormat": "{{severity}} {{instance}} {{granary_account}}", "tagKeys": "severity"}]},
        "links": [link("Granary"), link("Runbook", "${server}/docs/runbook/"), link("Granary's own pages", "${server}/")],
        "panels": rows(groups),
    }


ALERTS = table("Alerts that fire", "Each has a page in the runbook, with the same name.",
               ['ALERTS{alertname=~"Granary.*", alertstate="firing"}'],
               {"alertname": "Alert", "severity": "Severity", "instance": "Server", "granary_account": "Account"},
               width=12, links={"Alert": "${server}/docs/runbook/"})

def processors():
    return series("Processors in use", "Of each server's process, in processors.", [
        (per_second("dotnet_process_cpu_time_seconds_total"), "{{instance}}")])


CLUSTER = dashboard("granary-cluster", "Granary: cluster", "Servers, work, database, machine.", [
    ("Now", [
        stat("Servers that answer", "Of those that Prometheus scrapes.", f"sum(up{of()})", page="down"),
        stat("Servers that do not", "Their work continues on the others.", f"sum(up{of()} == bool 0)", limits=(1,), page="down"),
        stat("Jobs that wait", "Jobs and batches.", f"max(granary_jobs_queued{of()})"),
        stat("Oldest job waits", "", f"max(granary_jobs_queue_age_seconds{of()})", "s", (300, 600), "queue-stuck"),
        stat("Sessions", "That run, or wait to be tried again.", f"max(granary_sessions_running{of()})"),
        stat("Sessions that wait", "They do not trade.", f"max(granary_sessions_waiting{of()})", limits=(1,), page="session-waiting"),
        stat("Sessions that failed", "Accounts that are not traded.", f"max(granary_sessions_failed{of()})", limits=(1,),
             page="session-failed"),
        stat("Free disk", "Of the runs.", f"min(granary_disk_free_bytes{of()})", "bytes", (50e9, 10e9), "disk-low", falls=True),
        ALERTS,
        series("Work of lost silos", "Taken over by others, by kind.", [
            (f"sum by (granary_kind) (increase(granary_recoveries_total{of()}[$__rate_interval]))", "{{granary_kind}}")],
            page="recoveries", width=12),
    ]),
    ("Work", [
        series("Jobs", "In the cluster.", [
            (f"max(granary_jobs_running{of()})", "running"), (f"max(granary_jobs_queued{of()})", "waiting")], page="queue-stuck"),
        series("Strategies per second", "Whose outcome was stored.", [
            (per_second("granary_strategies_ended_total"), "{{instance}}")], page="queue-stuck"),
        series("Bar evaluations per second", "Bars times the strategies that saw them.", [
            (per_second("granary_bars_total"), "{{instance}}")]),
        series("Strategies under way", "", [(f"sum by (instance) (granary_strategies_running{of()})", "{{instance}}")]),
        series("Feed windows", "Memory of bars that a silo holds for its readers.", [
            (f"sum by (instance) (granary_feed_window_size_bytes{of()})", "{{instance}}")], "bytes"),
        series("Feed detours and readings", "A detour: the stream took no block of a feed. A reading: a source was read from its start.", [
            (f"sum(increase(granary_feed_detours_total{of()}[$__rate_interval]))", "detours"),
            (f"sum(increase(granary_feed_readings_total{of()}[$__rate_interval]))", "readings")]),
    ]),
    ("Database and journals", [
        series("Database operations", "Duration, by pool.", [
            (quantile(0.99, "db_client_operation_duration_seconds", by="le, instance"), "99 % {{instance}}"),
            (quantile(0.5, "db_client_operation_duration_seconds", by="le, instance"), "50 % {{instance}}")], "s", page="journal-slow"),
        series("Journal appends", "Durable writes. Each order waits for one.", [
            (quantile(0.99, "granary_journal_append_duration_seconds"), "99 %"),
            (quantile(0.5, "granary_journal_append_duration_seconds"), "50 %")], "s", (0.5,), "journal-slow"),
        series("Journals lost", "Times that a session waited for its journal.", [
            (f"sum by (instance) (increase(granary_journal_losses_total{of()}[$__rate_interval]))", "{{instance}}")], page="journal-lost"),
        series("Sessions of the database that wait for a lock", "", [(f"max(granary_database_lock_waits{of()})", "waiting")],
               limits=(5,), page="lock-waits"),
        series("Connections to databases", "", [
            (f"sum by (instance, db_client_connection_state) (db_client_connection_count{of()})",
             "{{instance}} {{db_client_connection_state}}")]),
        series("Free disk", "Of the runs.", [
            (f"min by (instance) (granary_disk_free_bytes{of()})", "{{instance}}"),
            (f"max(granary_disk_size_bytes{of()})", "size")], "bytes", page="disk-low"),
    ]),
    ("Processes", [
        processors(),
        series("Memory", "Working set of each server.", [
            (f"sum by (instance) (dotnet_process_memory_working_set_bytes{of()})", "{{instance}}")], "bytes"),
        series("Time in garbage collection", "Part of the time that the process is paused.", [
            (per_second("dotnet_gc_pause_time_seconds_total"), "{{instance}}")], "percentunit", (0.1,)),
        series("Garbage collections per second", "By generation.", [
            (per_second("dotnet_gc_collections_total", by="gc_heap_generation"), "{{gc_heap_generation}}")]),
        series("Threads of the pool", "", [
            (f"sum by (instance) (dotnet_thread_pool_thread_count_total{of()})", "{{instance}}")]),
        series("Work that waits for a thread", "A queue that stays long means that threads are blocked.", [
            (f"sum by (instance) (dotnet_thread_pool_queue_length_total{of()})", "{{instance}}")]),
        series("Requests per second", "By status.", [
            (per_second("http_server_request_duration_seconds_count", by="http_response_status_code"), "{{http_response_status_code}}")]),
        series("Duration of requests", "Without those that stay open: events, metrics.", [
            (quantile(0.99, "http_server_request_duration_seconds", 'http_route!~".*events|/metrics"'), "99 %"),
            (quantile(0.5, "http_server_request_duration_seconds", 'http_route!~".*events|/metrics"'), "50 %")], "s"),
        series("Exceptions per second", "By type, also those that the code expects.", [
            (f"topk(8, {per_second('dotnet_exceptions_total', by='error_type')})", "{{error_type}}")]),
    ]),
])

BATCH = dashboard("granary-batch", "Granary: batches", "Queue, jobs, throughput of batches and other jobs.", [
    ("Now", [
        stat("Waiting", "Jobs and batches.", f"max(granary_jobs_queued{of()})"),
        stat("Oldest waits", "", f"max(granary_jobs_queue_age_seconds{of()})", "s", (300, 600), "queue-stuck"),
        stat("Running", "Jobs and batches.", f"max(granary_jobs_running{of()})"),
        stat("Without progress for", "No job began, ended or made progress. Long while none is there.",
             f"min(granary_jobs_progress_age_seconds{of()})", "s", page="queue-stuck"),
        stat("Done", "In the time range.", f'sum(increase(granary_jobs_ended_total{of(KIND, state("done"))}[$__range]))'),
        stat("Failed", "In the time range.", f'sum(increase(granary_jobs_ended_total{of(KIND, state("failed"))}[$__range]))',
             limits=(1, 4), page="jobs-fail"),
        stat("Strategies failed", "Alone, while their batch continued, in the time range.",
             f"sum(increase(granary_strategies_failed_total{of()}[$__range]))", limits=(1, 100)),
        stat("Strategies under way", "", f"sum(granary_strategies_running{of()})"),
    ]),
    ("Queue and jobs", [
        series("Queue", "In the cluster.", [
            (f"max(granary_jobs_queued{of()})", "waiting"), (f"max(granary_jobs_running{of()})", "running")], page="queue-stuck"),
        series("Age", "Of the oldest job that waits, and time since a job made progress.", [
            (f"max(granary_jobs_queue_age_seconds{of()})", "waits"), (f"min(granary_jobs_progress_age_seconds{of()})", "no progress")],
            "s", (600,), "queue-stuck"),
        series("Jobs that ended", "By kind and state.", [
            (f"sum by (granary_kind, granary_state) (increase(granary_jobs_ended_total{of(KIND)}[$__rate_interval])) > 0",
             "{{granary_kind}} {{granary_state}}")], page="jobs-fail"),
        series("Duration of jobs", "From start to end, of the jobs of the last hour, by kind.", [
            (quantile(0.95, "granary_job_duration_seconds", KIND, by="le, granary_kind", window="1h"), "95 % {{granary_kind}}"),
            (quantile(0.5, "granary_job_duration_seconds", KIND, by="le, granary_kind", window="1h"), "50 % {{granary_kind}}")], "s"),
        series("Strategies per second", "Whose outcome was stored.", [(per_second("granary_strategies_ended_total"), "{{instance}}")]),
        series("Strategies that failed", "Alone.", [
            (f"sum by (instance) (increase(granary_strategies_failed_total{of()}[$__rate_interval]))", "{{instance}}")]),
    ]),
    ("Computation", [
        series("Bar evaluations per second", "Bars times the strategies that saw them.", [
            (per_second("granary_bars_total"), "{{instance}}")]),
        series("Strategies under way", "By silo.", [(f"sum by (instance) (granary_strategies_running{of()})", "{{instance}}")]),
        processors(),
        series("Opening of sources", "From asking for the bars to having checked them, of the last hour, by scheme.", [
            (quantile(0.95, "granary_feed_open_duration_seconds", by="le, granary_scheme", window="1h"), "95 % {{granary_scheme}}")], "s"),
        series("Time from a block's arrival to its slowest reader", "", [
            (quantile(0.99, "granary_feed_lag_seconds"), "99 %"), (quantile(0.5, "granary_feed_lag_seconds"), "50 %")], "s"),
        series("Blocks that wait for a reader", "By silo.", [
            (f"sum by (instance) (granary_blocks_in_flight{of()})", "{{instance}}")]),
        series("Feed windows", "Memory of bars that a silo holds for its readers.", [
            (f"sum by (instance) (granary_feed_window_size_bytes{of()})", "{{instance}}")], "bytes"),
        series("Sources opened and read", "One reading for a feed; more mean readers that lag behind.", [
            (f"sum(increase(granary_feed_openings_total{of()}[$__rate_interval]))", "opened"),
            (f"sum(increase(granary_feed_readings_total{of()}[$__rate_interval]))", "read")]),
        series("Work of lost silos", "Taken over by others, by kind.", [
            (f"sum by (granary_kind) (increase(granary_recoveries_total{of()}[$__rate_interval]))", "{{granary_kind}}")],
            page="recoveries"),
    ]),
], query_variable("kind", "Kind of job", "label_values(granary_jobs_ended_total, granary_kind)"))


def by_account(metric):
    """A gauge that every server measures for the whole cluster."""
    return f"max by (granary_account) ({metric}{of(ACCOUNT)})"


NAME = "{{granary_account}}"
SESSION = dashboard("granary-session", "Granary: live sessions", "State, bars, orders, equity of live sessions.", [
    ("Now", [
        stat("Sessions", "That run, or wait to be tried again.", f"count({by_account('granary_session_state')}) or vector(0)", width=4),
        stat("Longest without a bar", "Compare it with the timeframe of the session.",
             f"max(granary_session_bar_age_seconds{of(ACCOUNT)})", "s", (300, 900), "bars-stale", width=4),
        stat("Largest drawdown", "Since the highest equity of the session.", f"max(granary_session_drawdown{of(ACCOUNT)})", "percentunit",
             width=4),
        stat("Open trades", "", f"sum({by_account('granary_session_trades_open')})", width=4),
        stat("Orders in doubt", "The broker has not answered; the session asks for them.",
             f"sum({by_account('granary_session_orders_unknown')})", limits=(1,), width=4),
        stat("Differences", "Between the account's books and the broker.", f"sum({by_account('granary_session_differences')})", limits=(1,),
             width=4),
        table("Sessions that run", "Choose one account to see it alone.", [
            f"max by (granary_account, granary_state) (granary_session_state{of(ACCOUNT)})", by_account("granary_session_equity"),
            by_account("granary_session_drawdown"), by_account("granary_session_trades_open"),
            by_account("granary_session_bar_age_seconds"),
            by_account("granary_session_orders_unknown"), by_account("granary_session_differences")],
            {"granary_account": "Account", "granary_state": "State", "Value #B": "Equity", "Value #C": "Drawdown",
             "Value #D": "Open trades", "Value #E": "Since the last bar", "Value #F": "Orders in doubt", "Value #G": "Differences"},
            units={"Equity": "none", "Drawdown": "percentunit", "Since the last bar": "s"},
            links={"Account": "/d/granary-session?${job:queryparam}&var-account=${__value.text}"}),
    ]),
    ("Account", [
        series("Equity", "At the last closes, in the account's currency.", [(by_account("granary_session_equity"), NAME)], "none", width=12,
               low=None),
        series("Drawdown", "Part of the highest equity of the session.", [(by_account("granary_session_drawdown"), NAME)], "percentunit",
               width=12),
    ]),
    ("Bars", [
        series("Bars per minute", "That the session took, of all its markets.", [
            (f"60 * sum by (granary_account) (rate(granary_session_bars_total{of(ACCOUNT)}[$__rate_interval]))", NAME)]),
        series("Time since the last bar", "", [(by_account("granary_session_bar_age_seconds"), NAME)], "s", (900,), "bars-stale"),
        series("Lateness of bars", "From a bar's close to its arrival. Replayed bars have none.", [
            (by_account("granary_session_feed_lag_seconds"), NAME)], "s", page="bars-stale"),
    ]),
    ("Signals and orders", [
        series("Signals", "By the portfolio's decision.", [
            (f"sum by (granary_decision) (increase(granary_signals_total{of(ACCOUNT)}[$__rate_interval]))", "{{granary_decision}}")]),
        series("Entries without an order", "Accepted, but the session sent none, by reason: paused, late, blocked.", [
            (f"sum by (granary_reason) (increase(granary_entries_skipped_total{of(ACCOUNT)}[$__rate_interval]))", "{{granary_reason}}")]),
        series("Orders", "By the state that they reached.", [
            (f"sum by (granary_state) (increase(granary_orders_total{of(ACCOUNT)}[$__rate_interval]))", "{{granary_state}}")]),
        series("Orders that the broker rejected", "By account.", [
            (f'sum by (granary_account) (increase(granary_orders_total{of(ACCOUNT, state("rejected"))}[$__rate_interval]))', NAME)]),
        series("Fills", "By account.", [
            (f"sum by (granary_account) (increase(granary_fills_total{of(ACCOUNT)}[$__rate_interval]))", NAME)]),
        series("From a bar to its first order", "Of all sessions of the chosen servers.", [
            (quantile(0.99, "granary_order_latency_seconds"), "99 %"), (quantile(0.5, "granary_order_latency_seconds"), "50 %")], "s"),
    ]),
    ("Journal and state", [
        series("Journal appends", "Durable writes. Each order waits for one.", [
            (quantile(0.99, "granary_journal_append_duration_seconds"), "99 %"),
            (quantile(0.5, "granary_journal_append_duration_seconds"), "50 %")], "s", (0.5,), "journal-slow"),
        series("Journals lost", "Times that a session waited for its journal.", [
            (f"sum by (instance) (increase(granary_journal_losses_total{of()}[$__rate_interval]))", "{{instance}}")], page="journal-lost"),
        series("Sessions", "In the cluster.", [
            (f"max(granary_sessions_running{of()})", "run"), (f"max(granary_sessions_waiting{of()})", "wait"),
            (f"max(granary_sessions_failed{of()})", "failed")], page="session-failed"),
    ]),
], query_variable("account", "Account", "label_values(granary_session_bars_total, granary_account)"))


def main():
    differs = False
    for made in (CLUSTER, BATCH, SESSION):
        path = Path(__file__).parent / f"{made['uid']}.json"
        text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            print(f"{path} differs from what {Path(__file__).name} writes: run it without --check")
            differs = True
    sys.exit(1 if differs else 0)


main()
