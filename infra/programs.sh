#!/usr/bin/env bash
# Publishes the programs that tests start, as users have them: the command line through ./granary, and the silo as its image has it.
# They are compiled ahead of time. Without a changed source it takes a second.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
./granary --version >/dev/null
options=(-p:PublishReadyToRun=true -v quiet -nologo)
dotnet restore src/Granary.Silo "${options[@]}"
# What the command line has compiled ahead of time is not compiled again: newer than its source and the project's files, it is taken as it is.
images=obj/Release/net10.0/linux-x64/R2R
if [[ -d src/Granary.Cli/$images ]]; then
    mkdir -p src/Granary.Silo/$images
    cp --update src/Granary.Cli/$images/*.dll src/Granary.Silo/$images/
fi
dotnet publish src/Granary.Silo --no-restore -c Release "${options[@]}" -o src/Granary.Silo/bin/Release/published -clp:NoSummary
