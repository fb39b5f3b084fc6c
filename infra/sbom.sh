#!/usr/bin/env bash
# Writes the software bills of materials of the images: infra/sbom.sh OUT makes OUT/granary-silo.cdx.json and OUT/granary.cdx.json, CycloneDX 1.6,
# with name, version, licence and hash of each package of NuGet and npm. What the base image has is not in them.
# The projects have to be restored; GRANARY_BUILT=1: they are.
set -euo pipefail
out="$(readlink -m "${1:?give the folder for the files}")"
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
root="$(cd .. && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
version="$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")"
[[ -n "${GRANARY_BUILT:-}" ]] || for project in Silo Cli; do dotnet restore "$root/src/Granary.$project" -v quiet; done
dotnet tool restore >/dev/null

# Analyzers are part of the build only.
packages() {
    dotnet tool run dotnet-CycloneDX -- "$root/src/Granary.$1/Granary.$1.csproj" --disable-package-restore --no-serial-number \
        --exclude-filter Meziantou.Analyzer,Roslynator.Analyzers,Microsoft.CodeAnalysis.BannedApiAnalyzers \
        --spec-version 1.6 --output-format Json --output "$work" --filename "$1.json" --set-name "$2" --set-version "$version" >/dev/null
}
packages Silo granary-silo
packages Cli granary
packages Learning.MLNet Granary.Learning.MLNet
# npm wants a version of the dashboard, which has none of its own.
mkdir "$work/web"
for file in package.json package-lock.json; do
    sed "0,/\"name\": \"granary-web\",/s//&\n  \"version\": \"$version\",/" "$root/src/Granary.Web/$file" >"$work/web/$file"
done
# With --omit dev it leaves out packages that need each other, as preact and preact-render-to-string do: the tools are left out below.
(cd "$work/web" && npm sbom --sbom-format cyclonedx --package-lock-only) >"$work/web.json"

# One file for each image: its program, the library of trainers that it loads, and the dashboard.
for image in Silo:granary-silo Cli:granary; do
    python3 - "$work/${image%:*}.json" "$work/Learning.MLNet.json" "$work/web.json" >"$out/${image#*:}.cdx.json" <<'PYTHON'
import json
import sys

first, *others = [json.load(open(name)) for name in sys.argv[1:]]
is_tool = {"name": "cdx:npm:package:development", "value": "true"}
for other in others:
    tools = {part["bom-ref"] for part in other["components"] if is_tool in part.get("properties", [])}
    other["components"] = [part for part in other["components"] if part["bom-ref"] not in tools]
    other["dependencies"] = [
        {**part, "dependsOn": [ref for ref in part.get("dependsOn", []) if ref not in tools]}
        for part in other["dependencies"] if part["ref"] not in tools
    ]
    for kind, key in (("components", "bom-ref"), ("dependencies", "ref")):
        known = {part[key] for part in first[kind]}
        first[kind] += [part for part in other[kind] if part[key] not in known]
first["components"].sort(key=lambda component: component["bom-ref"])
json.dump(first, sys.stdout, indent=2)
PYTHON
    echo "$out/${image#*:}.cdx.json: $(grep -c '"purl"' "$out/${image#*:}.cdx.json") packages"
done
