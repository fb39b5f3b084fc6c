#!/usr/bin/env bash
# Makes the packages of a release: infra/pack.sh OUT [PLATFORM…]. Without platforms it makes the tool for all of them.
# GRANARY_BUILT=1: ./test.sh has built the solution, and may run its tests now: nothing beside them changes.
set -euo pipefail
out="$(readlink -m "${1:?give the folder for the packages}")"
shift
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
platforms="$*"
platforms="${platforms// /%3B}"

step() { echo "pack.sh: $1 ..." >&2; }

step "making the documentation site, which the tool has if this machine can make it"
if command -v npm >/dev/null; then infra/site.sh; else echo "pack.sh: Node.js is missing: the tool has no documentation site" >&2; fi
step "building and packing the libraries"
dotnet pack Platform.sln -c Release -o "$out" -v quiet -nologo ${GRANARY_BUILT:+--no-build -p:BuildProjectReferences=false}
step "compiling the tool ahead of time for ${*:-all platforms}, and packing it"
# The tool is a package that names its platforms, and one for each of them.
# A file of an earlier publication would be packed too.
rm -rf src/Granary.Cli/bin/Release/net10.0/*/publish
dotnet pack src/Granary.Cli -c Release -o "$out" -v quiet -nologo -p:PackTool=true ${GRANARY_BUILT:+-p:BuildProjectReferences=false} \
    ${platforms:+-p:ToolPackageRuntimeIdentifiers=$platforms}
ls -l "$out" | tail -n +2
