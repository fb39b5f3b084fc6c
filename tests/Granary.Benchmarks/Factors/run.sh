#!/bin/sh
# Every factor's column form beside a plain C++ loop of it, in one process: prints ratios. Arguments: factor texts to time only those.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v g++ >/dev/null || { echo "factors: skipped, there is no g++ (apt-get install g++)"; exit 0; }
out=${TMPDIR:-/tmp}/granary-factor-loops-$(id -u)
mkdir -p "$out"
g++ -O3 -march=native -std=c++17 -shared -fPIC -o "$out/libfactor_loops.so" "$here/factor_loops.cpp"
dotnet build -c Release -v q -nologo "$here/../Granary.Benchmarks.csproj" >"$out/build.log" || { cat "$out/build.log"; exit 1; }
# Optimised code from the first call on: what a longer run arrives at by itself, on a busy machine late.
export DOTNET_TieredCompilation=0
exec dotnet run -c Release --no-build --project "$here/../Granary.Benchmarks.csproj" -- factors "$out/libfactor_loops.so" "$@"
