#!/usr/bin/env bash
# Makes the documentation site: site/dist, for a file server, and site/served, which the next build embeds in 'granary serve' and the silo.
# Does nothing where both are newer than all that they are made of. The reference of the .NET types is read from the assemblies of the
# packages; GRANARY_BUILT=1: they are built, and where they are missing, the site has no such reference.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
if [[ -z "${GRANARY_BUILT:-}" ]]; then
    dotnet build Platform.sln -c Release -v quiet -nologo -t:'src\Granary;src\Granary_Trading;src\Granary_Client;src\Granary_Testing'
fi
assemblies=(src/Granary/bin/Release/net10.0/Granary.xml src/Granary.{Engine,Learning,Data,Backtesting,Trading,Client,Contracts,Testing}/bin/Release/net10.0/Granary.*.xml)
made=site/served/scripts.txt
sources=(docs README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md src/Granary.Client/README.md infra/site.sh
    site/.vitepress/config.mjs site/.vitepress/theme site/scripts site/navigation.json site/package-lock.json site/docfx.json)
if [[ -f "$made" && -z "$(find "${sources[@]}" "${assemblies[@]}" -newer "$made" -print -quit 2>/dev/null)" ]]; then
    echo "site.sh: the site is up to date"
    exit
fi
[[ site/node_modules/.package-lock.json -nt site/package-lock.json ]] || npm --prefix site ci
if [[ -f src/Granary/bin/Release/net10.0/Granary.xml && -f src/Granary.Testing/bin/Release/net10.0/Granary.Testing.xml && -f src/Granary.Trading/bin/Release/net10.0/Granary.Trading.xml ]]; then
    rm -rf site/metadata
    (cd site && dotnet tool restore >/dev/null && dotnet docfx metadata docfx.json --logLevel error) \
        || { rm -rf site/metadata; echo "site.sh: docfx could not run: the site has no reference of the .NET types" >&2; }
else
    echo "site.sh: the packages are not built: the site has no reference of the .NET types" >&2
fi
npm --prefix site run build
