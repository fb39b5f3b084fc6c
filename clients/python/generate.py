"""Writes the operations of granary.py from docs/openapi.json: python3 clients/python/generate.py; with --check it only compares.

An operation of NAMES becomes a method with that name. Others are sent by methods of granary.py that do more: they wait, read pages,
save files or make tables of several answers (tests/test_operations.py demands that each operation is sent).
"""

from __future__ import annotations

import json
import keyword
import re
import sys
import textwrap
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "openapi.json"
CLIENT = HERE / "granary.py"
BEGIN, END = "# Begin of what generate.py writes.\n", "# End of what generate.py writes.\n"
WIDTH = 132

# Class and name of a method by operation. The id of a run or a session is that of the object.
NAMES = {
    "getCaller": "Server.caller", "isReady": "Server.ready", "listAuditEntries": "Server.audit", "getCluster": "Server.cluster",
    "drainSilo": "Server.drain_silo", "resumeSilo": "Server.resume_silo", "retireSilo": "Server.retire_silo",
    "getBatchSchema": "Server.batch_schema", "listRunsForJob": "Server.runs_for_job",
    "getCodeExample": "Server.code_example", "checkCode": "Server.check_code", "completeCode": "Server.complete_code",
    "makeCodeBatch": "Server.code_batch",
    "revokeShares": "Server.revoke_shares",
    "listOrders": "Server.orders", "listPositions": "Server.positions", "listTrades": "Server.live_trades",
    "listSignals": "Server.live_signals", "listStrategies": "Server.strategies", "getStrategy": "Server.strategy",
    "listData": "Server.stores", "listSources": "Server.sources", "listBarFiles": "Server.bar_files", "getCoverage": "Server.coverage",
    "checkData": "Server.check_bars", "compareData": "Server.compare_bars",
    "listUploads": "Server.uploads", "deleteUpload": "Server.delete_upload",
    "listModels": "Server.models", "listModelVersions": "Server.model_versions", "getModelVersion": "Server.model_version",
    "compareModelVersions": "Server.compare_models", "challengeModelVersion": "Server.challenge_model",
    "getModelUse": "Server.model_use", "promoteModel": "Server.promote_model", "rollBackModel": "Server.roll_back_model",
    "listDeployments": "Server.deployments", "getDeployment": "Server.deployment", "changeDeployment": "Server.change_deployment",
    "getDeploymentConfiguration": "Server.deployment_configuration", "getDeploymentReport": "Server.deployment_report",
    "getDeploymentParity": "Server.deployment_parity", "switchAccount": "Server.switch_account",
    "listSchedules": "Server.schedules", "getSchedule": "Server.schedule", "setSchedule": "Server.set_schedule",
    "removeSchedule": "Server.remove_schedule", "listScheduleRuns": "Server.schedule_runs",
    "getNotifications": "Server.notifications", "listNotificationRules": "Server.notification_rules",
    "setNotificationRules": "Server.set_notification_rules", "resetNotificationRules": "Server.reset_notification_rules",
    "testNotifications": "Server.test_notifications", "listNotificationDeliveries": "Server.notification_deliveries",
    "getRunFigures": "Run.figures", "getRunAnalysis": "Run.analysis",
    "getSessionConfiguration": "Session.configuration", "getSessionCosts": "Session.costs", "listSessionLog": "Session.log", "listSessionOrders": "Session.all_orders",
    "getSessionStrategy": "Session.strategy",
    "stopSessionStrategy": "Session.stop_strategy",
}

# Parameters of a query that are words of Python, or that say less.
TIMES = {"from": "start", "to": "end"}


def snake(name: str) -> str:
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return word + "_" if keyword.iskeyword(word) else word


def wrapped(text: str, width: int, indent: str) -> List[str]:
    """Lines that end at commas."""
    lines = [""]
    for part in re.findall(r".*?, |.+$", text):
        if lines[-1] and len(lines[-1] + part.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append(indent)
        lines[-1] += part
    return lines


class Document:
    def __init__(self, document: Dict[str, Any]) -> None:
        self._document = document

    def operations(self) -> Iterator[Tuple[str, str, Dict[str, Any]]]:
        for path, methods in self._document["paths"].items():
            for method, operation in methods.items():
                if "operationId" in operation:
                    yield path, method, operation

    def resolve(self, schema: Dict[str, Any]) -> Dict[str, Any]:
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].split("/")[-1]]
        parts = schema.get("allOf")
        if not parts:
            return schema
        merged: Dict[str, Any] = {**schema, "properties": {}, "required": []}
        for part in map(self.resolve, parts):
            merged["properties"].update(part.get("properties", {}))
            merged["required"] += part.get("required", [])
        return merged

    def type_of(self, schema: Dict[str, Any]) -> str:
        given = self.resolve(schema).get("type")
        return next((t for t in given if t != "null"), "any") if isinstance(given, list) else given or "any"

    def is_table(self, items: Dict[str, Any]) -> bool:
        """Whether rows hold plain values and lists of them, and no objects."""
        parts = [self.resolve(p) for p in self.resolve(items).get("properties", {}).values()]
        return self.type_of(items) == "object" and all(
            self.type_of(p) != "object" and not ("items" in p and self.type_of(p["items"]) == "object") for p in parts)

    def columns(self, items: Dict[str, Any]) -> List[str]:
        return [snake(n) for n in self.resolve(items).get("properties", {})]


class Method:
    """One operation as a method."""

    def __init__(self, document: Document, path: str, method: str, operation: Dict[str, Any], owner: str, name: str) -> None:
        self._document, self._path, self._method, self._operation = document, path, method.upper(), operation
        self._owner, self._name = owner, name
        self._needed: List[str] = []
        self._others: List[str] = []
        self._query: List[str] = []
        self._body: List[str] = []
        self._headers = ""
        self._has_limit = False

    def text(self) -> str:
        for parameter in self._operation.get("parameters", []):
            self._parameter(parameter)
        body = next(iter(self._operation.get("requestBody", {}).get("content", {}).values()), None)
        if body is not None:
            self._take_body(self._document.resolve(body["schema"]))
        answer, lines = self._answer()
        arguments = ["self", *self._needed, *(["*", *self._others] if self._others else [])]
        head = wrapped(f"def {self._name}({', '.join(arguments)}) -> {answer}:", WIDTH - 4, " " * (len(self._name) + 5))
        says = textwrap.wrap(f'"""{self._operation["summary"]}"""', WIDTH - 8)
        return "\n".join(["    " + line for line in head] + ["        " + line for line in [*says, *lines]])

    def _parameter(self, parameter: Dict[str, Any]) -> None:
        name, place = parameter["name"], parameter["in"]
        if place == "header":
            if name == "If-Match":
                self._needed.append("replaces: int")
                self._headers = """{"If-Match": f'"{int(replaces)}"'}"""
            return
        if place == "path" and name == "id" and self._owner != "Server":
            return
        # Pages are read to their end, and rows have all columns.
        if name in ("cursor", "columns"):
            return
        known = TIMES.get(name, snake(name))
        kind = "Time" if name in TIMES else self._python(parameter["schema"])
        if place == "path":
            self._needed.append(f"{known}: {kind}")
            return
        if name == "limit" and self._is_paged():
            self._has_limit = True
            self._others.append("limit: Optional[int] = None")
            return
        key = name + "_" if name == "from" else name
        self._query.append(f"{key}={known}")
        if parameter.get("required"):
            self._needed.append(f"{known}: {kind}")
        else:
            self._others.append(f"{known}: {kind} = None" if kind == "Time" else f"{known}: Optional[{kind}] = None")

    def _take_body(self, schema: Dict[str, Any]) -> None:
        required = schema.get("required", [])
        for name, part in schema["properties"].items():
            known, kind = snake(name), self._python(part)
            self._body.append(f'"{name}": {known}')
            if name in required and kind == "bool":
                self._others.append(f"{known}: bool = False")
            elif name in required:
                self._needed.append(f"{known}: {kind}")
            else:
                self._others.append(f"{known}: Optional[{kind}] = None")

    def _python(self, schema: Dict[str, Any]) -> str:
        return {"integer": "int", "number": "float", "boolean": "bool", "string": "str", "object": "Mapping[str, Any]",
                "array": "Sequence[Any]"}.get(self._document.type_of(schema), "Any")

    def _success(self) -> Dict[str, Any]:
        status = next(s for s in self._operation["responses"] if s.startswith("2"))
        return next(iter(self._operation["responses"][status].get("content", {}).values()), {}).get("schema") or {}

    def _is_paged(self) -> bool:
        return {"items", "next"} <= set(self._document.resolve(self._success()).get("properties", {}))

    def _answer(self) -> Tuple[str, List[str]]:
        server = "self" if self._owner == "Server" else "self._server"
        path = self._address()
        query = "".join(f", {q}" for q in self._query)
        if self._method != "GET":
            body = f", _given({{{', '.join(self._body)}}})" if self._body else ", None" if self._headers else ""
            sent = f'{server}._send("{self._method}", {path}{body}{", " + self._headers if self._headers else ""}{query})'
        elif self._is_paged():
            sent = f"list({server}._pages({path}, {'limit' if self._has_limit else 'None'}{query}))"
        else:
            sent = f"{server}.get({path}{query})"
        schema = self._document.resolve(self._success())
        items = schema["properties"]["items"]["items"] if self._is_paged() else schema.get("items")
        if items is not None:
            if not self._document.is_table(items):
                return "List[Dict[str, Any]]", self._lines(f"return {sent}")
            named = ", ".join(f'"{c}"' for c in self._document.columns(items))
            return "Frame", self._lines(f"return {server}._tables.of_rows({sent}, [{named}])")
        if not schema:
            is_done = self._method == "DELETE" or "204" in self._operation["responses"]
            return ("None", self._lines(sent)) if is_done else ("Dict[str, Any]", self._lines(f"return {sent}"))
        return "Dict[str, Any]", self._lines(f"return {sent}")

    def _address(self) -> str:
        path = self._path.replace("/api/v1/", "")
        if self._owner != "Server":
            path = re.sub(r"^\w+/\{id\}", "{self._path}", path)
        path = re.sub(r"\{(\w+)\}", lambda m: f"{{_part({m.group(1)})}}", path)
        return f'f"{path}"' if "{" in path else f'"{path}"'

    @staticmethod
    def _lines(line: str) -> List[str]:
        return wrapped(line, WIDTH - 8, "    ")


def generated() -> str:
    document = Document(json.loads(DOCUMENT.read_text(encoding="utf-8")))
    by_id = {o["operationId"]: (path, method, o) for path, method, o in document.operations()}
    text = ["", "def _given(body: Mapping[str, Any]) -> Dict[str, Any]:", '    """A body without what is not given."""',
            "    return {k: v for k, v in body.items() if v is not None}", ""]
    for owner in ("Server", "Run", "Session"):
        text += ["", f"class _{owner}Operations:", f'    """Operations that need no more than their request, for `{owner}`."""', ""]
        text += ["    " + m for m in {"Server": [
            "_tables: \"_Tables\"", "get: Callable[..., Any]", "_send: Callable[..., Any]", "_pages: Callable[..., Iterator[Dict[str, Any]]]",
        ]}.get(owner, ["_server: \"Server\"", "_path: str"])] + [""]
        for operation, name in NAMES.items():
            if name.startswith(owner + "."):
                text += [Method(document, *by_id[operation], owner, name.split(".")[1]).text(), ""]
    return "\n".join(text) + "\n"


def main(arguments: List[str]) -> int:
    text = CLIENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    wanted = before + BEGIN + generated() + "\n" + END + after
    if wanted == text:
        return 0
    if "--check" in arguments:
        print("granary.py differs from docs/openapi.json; run python3 clients/python/generate.py", file=sys.stderr)
        return 1
    CLIENT.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
