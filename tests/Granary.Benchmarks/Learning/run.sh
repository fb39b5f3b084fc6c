#!/bin/sh
# Trees against ML.NET's and scikit-learn's (where python has it): ratios of one run.
#   tests/Granary.Benchmarks/Learning/run.sh [THREADS] [TURNS]
set -e
here=$(cd "$(dirname "$0")/.." && pwd)
log=$(mktemp)
trap 'rm -f "$log"' EXIT INT TERM
dotnet build -c Release -v q -nologo "$here/Granary.Benchmarks.csproj" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
python=
for candidate in python3 /usr/bin/python3; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "import sklearn" >/dev/null 2>&1; then python=$candidate; break; fi
done
exec dotnet "$here/bin/Release/net10.0/Granary.Benchmarks.dll" learning "${1:-1}" "${2:-3}" ${python:+"$python"}
