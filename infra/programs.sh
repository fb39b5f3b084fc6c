#!/usr/bin/env bash
# Publishes the programs that tests start, as users have them: the command line through ./granary, and the silo as its image has it.
# They are compiled ahead of time. Without a changed source it takes a second.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
./granary --version >/dev/null
dotnet publish src/Granary.Silo -c Release -p:PublishReadyToRun=true -o src/Granary.Silo/bin/Release/published -v quiet -nologo -clp:NoSummary
