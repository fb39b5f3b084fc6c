#!/bin/sh
# Builds the C++ reference of ../shared/bench and our benchmarks, lets them take turns in one run, and prints ratios.
#   tests/Granary.Benchmarks/run.sh [--check|--record] [TURNS] [BLOCK]
# --check compares the ratios with ratios.tsv and ends with 1 where one is more than 10 % worse; --record writes ratios.tsv.
set -e
mode=
case "$1" in --check|--record) mode=$1; shift ;; esac
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bench=${GRANARY_BENCH:-$root/../shared/bench}
if [ ! -f "$bench/sweep.cpp" ]; then
    echo "needs sweep.cpp, m1.csv.gz and expected.csv in $bench (or set GRANARY_BENCH)" >&2
    exit 2
fi
if ! command -v g++ >/dev/null 2>&1; then
    echo "needs g++ to build the reference: apt-get install g++" >&2
    exit 2
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
g++ -O3 -march=native -std=c++17 -pthread "$bench/sweep.cpp" -o "$scratch/sweep"
dotnet build -c Release -v q -nologo "$here/Granary.Benchmarks.csproj" >"$scratch/build.log" 2>&1 || { cat "$scratch/build.log" >&2; exit 1; }
program="dotnet $here/bin/Release/net10.0/Granary.Benchmarks.dll"
export GRANARY_RATIOS="$scratch/ratios.tsv"
"$root/granary" --version >/dev/null
$program sweep "$bench" "$scratch/sweep" "$scratch" "$@"
$program cold "$bench" "$scratch/sweep" "$scratch" "$root/granary" "${1:-5}"
case "$mode" in
    --record) cp "$GRANARY_RATIOS" "$here/ratios.tsv" ;;
    --check)
        [ -f "$here/ratios.tsv" ] || { echo "there is no $here/ratios.tsv; run with --record on a quiet machine" >&2; exit 1; }
        awk -F'\t' 'NR == FNR { recorded[$1] = $2; next }
            { measured[$1] }
            !($1 in recorded) { print $1 ": no ratio is recorded; run --record"; bad = 1; next }
            $2 > 1.1 * recorded[$1] { print $1 ": " $2 " instead of " recorded[$1]; bad = 1 }
            END {
                for (name in recorded) if (!(name in measured)) { print name ": was not measured"; bad = 1 }
                exit bad
            }' "$here/ratios.tsv" "$GRANARY_RATIOS" || exit 1 ;;
esac
