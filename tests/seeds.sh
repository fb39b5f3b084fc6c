#!/usr/bin/env bash
# Runs seeds of the simulator. The last line counts them: COUNT seeds, N failed, digest HEX; equal arguments have equal digests.
#   tests/seeds.sh FIRST COUNT                   the seeds from FIRST on
#   tests/seeds.sh SEED 1 --trace                also writes what happened: time, process, event
#   tests/seeds.sh FIRST COUNT --scenario NAME   all of them in one scenario
#   tests/seeds.sh FIRST COUNT --twice           runs each twice, and compares their traces
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
program=tests/Granary.Simulated/bin/Release/net10.0/Granary.Simulated.dll
[[ -n "${GRANARY_BUILT:-}" ]] || dotnet build tests/Granary.Simulated -c Release -v q -nologo >&2
exec dotnet exec "$program" "$@"
