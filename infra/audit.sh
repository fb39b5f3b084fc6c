#!/usr/bin/env bash
# Asks the registries whether a package has a known vulnerability. Exit codes: 0 none has, 1 one has, 3 a registry did not answer the question.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
code=0
unanswered() { echo "not answered: $1"; ((code == 1)) || code=3; }
vulnerable() { echo "VULNERABLE: $1"; code=1; }

# A source without this information reports no vulnerabilities either: a package that has one shows whether it has the information.
cat >"$work/Known.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Newtonsoft.Json" Version="12.0.1" /></ItemGroup>
</Project>
XML
# nuget FILE: the vulnerabilities of all its packages, as JSON.
nuget() { dotnet list "$1" package --vulnerable --include-transitive --format json; }
if ! dotnet restore "$work/Known.csproj" -v quiet >"$work/log" 2>&1 || ! nuget "$work/Known.csproj" >"$work/known" 2>>"$work/log"; then
    tail -3 "$work/log"
    unanswered "NuGet: Newtonsoft.Json 12.0.1 cannot be restored"
elif ! grep -q '"vulnerabilities"' "$work/known"; then
    unanswered "NuGet: the source does not report the vulnerability of Newtonsoft.Json 12.0.1, so that it has no such information"
elif ! { dotnet restore Platform.sln -v quiet && nuget Platform.sln; } >"$work/found" 2>&1; then
    tail -3 "$work/found"
    unanswered "NuGet: the packages of Platform.sln cannot be listed"
elif grep -q '"vulnerabilities"' "$work/found"; then
    grep -B 4 -A 4 '"vulnerabilities"' "$work/found"
    vulnerable "packages of NuGet, see above"
else
    echo "NuGet: no package of Platform.sln has a known vulnerability"
fi

for project in src/Granary.Web site; do
    npm --prefix "$project" audit --package-lock-only --json >"$work/npm" 2>"$work/log"
    if ! grep -q '"auditReportVersion"' "$work/npm"; then
        grep -m 1 . "$work/log"
        unanswered "npm: $project"
    elif grep -q '"total": 0' "$work/npm"; then
        echo "npm: no package of $project has a known vulnerability"
    else
        npm --prefix "$project" audit --package-lock-only
        vulnerable "packages of npm in $project, see above"
    fi
done
exit "$code"
