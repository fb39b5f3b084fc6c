#!/usr/bin/env bash
# Puts bars into a QuestDB, reads them back, backtests them there and from files, and compares; then drops its tables.
# usage: infra/smoke/questdb.sh [questdb://HOST:9000?pg=8812&ilp=http]
# Without an address (an argument, or GRANARY_SMOKE_QUESTDB) it is the server of docker-compose.yml, which is started, with the password in .env.
# GRANARY_DLL names a granary.dll that is built already; else ./granary, which builds itself.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
server="${1:-${GRANARY_SMOKE_QUESTDB:-}}"
if [[ -z "$server" ]]; then
    # shellcheck source=/dev/null
    [[ ! -f "$here/.env" ]] || . "$here/.env"
    server="questdb://granary:${QUESTDB_PASSWORD:?make .env with granary setup compose, or name a server as questdb://HOST:9000?pg=8812}@127.0.0.1:9000?pg=8812&ilp=http"
    docker compose -f "$here/docker-compose.yml" up -d --wait questdb
fi
granary() { if [[ -n "${GRANARY_DLL:-}" ]]; then dotnet "$GRANARY_DLL" "$@"; else "$here/granary" "$@"; fi; }
fail() { echo "QuestDB smoke test FAILED: $*" >&2; exit 1; }
work="$(mktemp -d)"
table="smoke_$$_$RANDOM"
clean() {
    rm -rf "$work"
    # The tables are this run's own. Where curl is not there, or may not, they stay.
    local http="${server#questdb://}"; http="${http%%\?*}"
    command -v curl >/dev/null && curl -fs -m 10 -G "http://$http/exec" --data-urlencode "query=DROP TABLE '${table}_1h'" >/dev/null || true
}
trap clean EXIT
separator='?'; [[ "$server" != *\?* ]] || separator='&'
store="$server${separator}table=${table}_{timeframe}"

granary data generate --out "$work/in" --symbols BTCUSDT --timeframe 1h --from 2024-01-01 --to 2024-03-01 >/dev/null
bars="$work/in/1h/BTCUSDT.csv"
granary data import "$bars" --store "$store" --symbol BTCUSDT --timeframe 1h | tee "$work/first"
grep -q ' 1,440 new, 0 changed' "$work/first" || fail "the first import did not put in 1,440 bars"
granary data import "$bars" --store "$store" --symbol BTCUSDT --timeframe 1h | tee "$work/second"
grep -q ' 0 new, 0 changed' "$work/second" || fail "a second import changed something"
granary data list --store "$store" | grep -q BTCUSDT || fail "data list does not show the market"

granary data export --store "$store" --symbol BTCUSDT --timeframe 1h --out "$work/out.csv" >/dev/null
granary data import "$bars" --store "$work/store" --symbol BTCUSDT --timeframe 1h >/dev/null
granary data export --store "$work/store" --symbol BTCUSDT --timeframe 1h --out "$work/files.csv" >/dev/null
cmp "$work/out.csv" "$work/files.csv" || fail "the bars that came back are not those that went in"

for source in "$store" "store:$work/store"; do
    printf '{ "name": "smoke", "data": { "source": "%s", "symbols": ["BTCUSDT"], "timeframe": "1h" }, "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 } } ] }' "$source" >"$work/batch.json"
    granary backtest "$work/batch.json" --json --out "$work/run" | tr -d ' \n' | grep -o '"digest":"[0-9a-f]*"' >>"$work/digests" || fail "no digest of a backtest from ${source%%:*}"
    rm -rf "$work/run"
done
[[ "$(wc -l <"$work/digests")" == 2 && "$(sort -u "$work/digests" | wc -l)" == 1 ]] || fail "a backtest from QuestDB differs from one from files"
echo "QuestDB smoke test passed: the bars came back as they went in, a second import changed nothing, and a backtest has the digest that it has from files"
