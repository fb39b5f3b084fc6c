#!/usr/bin/env bash
# Packs a release into a local feed and uses it as a stranger does, in empty folders: the tool and its quickstart, templates with their
# tests, and the programs in the packages' READMEs. GRANARY_BUILT=1: the solution is built already.
# GRANARY_TEST_LONG=1: runs the README of each template, not of one beside the tests of all, and each program, not one that needs the others.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
digest=192e55414031f75c8809848279d7cd19997e7100d9313259f06e9ec015a1b6df
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
check() { if "${@:2}" >"$work/check.log" 2>&1; then echo "PASSED $1"; else tail -30 "$work/check.log"; echo "FAILED $1"; fi; }

platform="$(dotnet --info | sed -n 's/^ *RID: *//p' | head -1)"
[[ "$platform" == linux-* || "$platform" == osx-* ]] || platform="linux-x64"
"$root/infra/pack.sh" "$work/feed" "$platform"

# Packages of this version are nowhere else, and none of them stays behind on this machine.
export NUGET_PACKAGES="$work/packages" DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
[[ -d "$HOME/.nuget/packages" ]] && export NUGET_FALLBACK_PACKAGES="$HOME/.nuget/packages"
export DOTNET_CLI_HOME="$work/home"
mkdir -p "$work/home" "$work/use"
cd "$work/use"
cat >nuget.config <<XML
<configuration>
  <packageSources><add key="granary" value="$work/feed" /></packageSources>
  <packageSourceMapping>
    <packageSource key="granary"><package pattern="Granary*" /></packageSource>
    <packageSource key="nuget.org"><package pattern="*" /></packageSource>
  </packageSourceMapping>
</configuration>
XML

quickstart() {
    local from=$SECONDS
    dotnet tool install granary --tool-path "$work/tool" --version 0.1.0
    "$work/tool/granary" quickstart --out runs/first | tee "$work/quickstart.json"
    echo "from the installation to the digest: $((SECONDS - from)) s" >"$work/seconds"
    grep -q "$digest" "$work/quickstart.json"
}
check "the tool is installed, and its quickstart has the digest of the repository" quickstart
cat "$work/seconds" 2>/dev/null || true

# A trainer of ML.NET, whose libraries the tool loads from a folder of its own.
trainers() { "$work/tool/granary" trainers | tee "$work/trainers"; grep -q mlnet-lightgbm "$work/trainers"; }
check "the tool has the trainers of ML.NET" trainers

long="${GRANARY_TEST_LONG:-}"
kinds=(strategy factor format broker trainer rule study)

# Each command of the README of a new project, to the letter, in the project's folder: of dotnet new and of granary new.
readme() { (cd "$1" && sed -n 's/^    //p' README.md | PATH="$work/tool:$PATH" bash -euxo pipefail); }
# The tests of all templates, built together.
tests_of_templates() {
    cat >all.proj <<'XML'
<Project>
  <ItemGroup><Tests Include="Golden*/Tests/*.csproj" /></ItemGroup>
  <Target Name="Restore"><MSBuild Projects="@(Tests)" Targets="Restore" /></Target>
  <Target Name="Build"><MSBuild Projects="@(Tests)" BuildInParallel="true" /></Target>
</Project>
XML
    dotnet build all.proj -v quiet -nologo -p:UseSharedCompilation=true
    local kind
    for kind in "${kinds[@]}"; do dotnet exec "Golden${kind^}"/Tests/bin/Debug/net10.0/*Tests.dll; done
}
templates() {
    dotnet new install "$work"/feed/Granary.Templates.*.nupkg
    for kind in "${kinds[@]}"; do
        dotnet new "granary-$kind" -n "Golden${kind^}"
        if [[ "$long" == 1 || "$kind" == strategy ]]; then readme "Golden${kind^}"; fi
    done
    [[ "$long" == 1 ]] || tests_of_templates
    grep -q '"golden-format"' GoldenFormat/GoldenFormat.cs
    grep -q '"goldenRule"' GoldenRule/GoldenRule.cs
    [[ -f GoldenStrategy/runs/$(ls GoldenStrategy/runs | head -1)/report.html ]]
}
# With other names these are the files of the templates, whose commands have run. The project files differ: they reference the installation.
projects() {
    mkdir "$work/apart"
    cd "$work/apart"
    for kind in "${kinds[@]}"; do
        "$work/tool/granary" new "$kind" "Own${kind^}"
        cp -r "$work/use/Golden${kind^}" template
        find template -depth -name '*Golden*' -execdir bash -c 'mv "$0" "${0//Golden/Own}"' {} \;
        find template -type f -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/runs/*' -exec sed -i 's/Golden/Own/g; s/golden/own/g' {} +
        diff -r -x bin -x obj -x runs -x '*.csproj' -x '*.sln*' template "Own${kind^}"
        rm -r template
    done
    readme OwnTrainer
    if [[ "$long" == 1 ]]; then readme OwnStrategy; fi
}
check "the commands in the README of each template run, and its tests pass" templates
check "a new project has the files of its template, and the README of two kinds runs outside of any repository" projects

# program NAME PACKAGE…: runs the C# block of a package's README, which references packages only.
program() {
    mkdir "Use.$1"
    { echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework>'
      echo '<ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup><ItemGroup>'
      for package in "${@:2}"; do echo "<PackageReference Include=\"${package%/*}\" Version=\"${package#*/}\" />"; done
      echo '</ItemGroup></Project>'; } >"Use.$1/Use.$1.csproj"
    awk '/^```csharp/ { on = 1; next } /^```/ { if (on) exit } on' "$root/src/$1/PACKAGE.md" >"Use.$1/Program.cs"
    dotnet run --project "Use.$1" | tee "$1.out"
}
programs() {
    cd "$work/use"
    "$work/tool/granary" data generate --out generated --symbols ACME --timeframe 1d
    cp -r generated/1d bars
    # It references the packages of all libraries but the client and the testing library.
    program Granary.Trading Granary.Trading/0.1.0
    grep -qE '^[1-9][0-9]* trades; same signals as the backtest: True$' Granary.Trading.out
    [[ "$long" == 1 ]] || return 0
    program Granary.Engine Granary.Engine/0.1.0
    grep -qE '^[1-9][0-9]* trades$' Granary.Engine.out
    program Granary.Data Granary.Data/0.1.0
    grep -qE '^[1-9][0-9]* bars, the last closes at [0-9.]+$' Granary.Data.out
    program Granary.Learning Granary.Learning/0.1.0
    grep -q '^True$' Granary.Learning.out
    program Granary.Backtesting Granary.Backtesting/0.1.0
    grep -qE '^4 strategies, [1-9][0-9]* trades, digest [0-9a-f]{8}$' Granary.Backtesting.out
    program Granary.Testing Granary.Testing/0.1.0 xunit.v3/3.2.2
    grep -q 'Failed: 0' Granary.Testing.out
}
check "the programs in the packages' READMEs run" programs

client() {
    "$work/tool/granary" serve --urls http://127.0.0.1:0 >serve.out 2>&1 &
    local server=$!
    trap "kill $server" RETURN
    until GRANARY_HOST="$(grep -oE 'http://127.0.0.1:[1-9][0-9]*' serve.out | head -1)" && [[ -n "$GRANARY_HOST" ]]; do
        kill -0 $server
        sleep 0.1
    done
    export GRANARY_HOST
    # The dashboard is in the package; no Node.js is needed for it.
    curl -fsS "$GRANARY_HOST/" | grep -q 'id="app"'
    program Granary.Client Granary.Client/0.1.0
    (($(grep -c '^Sma\|^Ema\|@' Granary.Client.out) == 3))
}
check "the tool's server has the dashboard, and the client's program runs a batch on it" client

echo "sizes of the packages, MB:"
for file in "$work"/feed/*.nupkg; do echo "  $(basename "$file") $(awk "BEGIN { printf \"%.1f\", $(stat -c %s "$file") / 1e6 }")"; done
