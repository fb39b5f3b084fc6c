#!/usr/bin/env bash
# Makes the documentation site: site/dist, for a file server, and site/served, which the next build embeds in 'granary serve' and the silo.
# The reference of the .NET types needs the packages' projects built; GRANARY_BUILT=1: they are.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
if [[ -z "${GRANARY_BUILT:-}" ]]; then
    for project in Trading Client Testing; do dotnet build "src/Granary.$project" -c Release -v quiet -nologo; done
fi
[[ site/node_modules/.package-lock.json -nt site/package-lock.json ]] || npm --prefix site ci
npm --prefix site run build
