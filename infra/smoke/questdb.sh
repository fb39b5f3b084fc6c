#!/usr/bin/env bash
# Puts bars into the QuestDB of docker-compose.yml (or of the address given) over HTTP, reads them back, and compares.
# usage: infra/smoke/questdb.sh [questdb://HOST:9000?pg=8812&ilp=http]
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
[[ $# -gt 0 || ! -f "$here/.env" ]] || . "$here/.env"
server="${1:-questdb://granary:${QUESTDB_PASSWORD:?put QUESTDB_PASSWORD into .env}@127.0.0.1:9000?pg=8812&ilp=http}"
[[ $# -gt 0 ]] || docker compose -f "$here/docker-compose.yml" up -d --wait questdb
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
store="$server&table=smoke_$$_{timeframe}"
"$here/granary" data generate --out "$work/in" --symbols BTCUSDT --timeframe 1h --from 2024-01-01 --to 2024-02-01 >/dev/null
"$here/granary" data import "$work/in/1h/BTCUSDT.csv" --store "$store" --symbol BTCUSDT --timeframe 1h
"$here/granary" data import "$work/in/1h/BTCUSDT.csv" --store "$store" --symbol BTCUSDT --timeframe 1h | grep -q ' 0 new, 0 changed'
"$here/granary" data export --store "$store" --symbol BTCUSDT --timeframe 1h --out "$work/out.csv" >/dev/null
"$here/granary" data import "$work/in/1h/BTCUSDT.csv" --store "$work/store" --symbol BTCUSDT --timeframe 1h >/dev/null
"$here/granary" data export --store "$work/store" --symbol BTCUSDT --timeframe 1h --out "$work/files.csv" >/dev/null
cmp "$work/out.csv" "$work/files.csv"
echo "QuestDB smoke test passed: the bars came back as they went in, and a second import changed nothing"
