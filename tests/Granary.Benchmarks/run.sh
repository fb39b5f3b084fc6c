#!/bin/sh
# Builds the C++ reference of ../shared/bench and our benchmarks, lets them take turns in one run, and prints ratios.
#   tests/Granary.Benchmarks/run.sh [TURNS] [BLOCK]
set -e
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
dotnet "$here/bin/Release/net10.0/Granary.Benchmarks.dll" sweep "$bench" "$scratch/sweep" "$scratch" "$@"
