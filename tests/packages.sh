#!/usr/bin/env bash
# Packs a release and uses it as a stranger does: with an empty home, in empty folders, by the commands and programs of docs/packages.md as
# they stand; then each template with its tests, and the programs in the packages' READMEs. GRANARY_BUILT=1: the solution is built already.
# GRANARY_TEST_LONG=1: runs the README of each template, not of two beside the tests of all, and each program, not one that needs the others.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
digest=d3d7ba3bee077922563d38581a18b56db9b4b71a9971bd6a037dd01d6c400859
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
check() { if "${@:2}" >"$work/check.log" 2>&1; then echo "PASSED $1"; else tail -30 "$work/check.log"; echo "FAILED $1"; fi; }

page="$root/docs/packages.md"
# commands HEADING: the commands of a section of the page, as they stand. csharp HEADING N: its block number N of C#.
section() { awk -v heading="## $1" '$0 == heading { on = 1; next } /^## / { on = 0 } on' "$page"; }
commands() { section "$1" | awk '/^```/ { fenced = !fenced } !fenced && sub(/^    /, "")'; }
csharp() { section "$1" | awk -v n="$2" '/^```csharp/ { if (++found == n) on = 1; next } /^```/ { on = 0 } on'; }
# page HEADING: runs them, and stops at the first that fails.
page() { commands "$1" | tee /dev/stderr | bash -euo pipefail; }

# What somebody new has: an empty home, empty folders, and a clone, of which only infra is called. The clone was restored before, and packing
# it finds the packages where that did: else its projects would name a folder that is gone after this script. With the slash at the end that
# NuGet has by itself: without it the restore writes other files, and all projects are compiled again.
restored="${NUGET_PACKAGES:-$HOME/.nuget/packages/}"
export HOME="$work/home" DOTNET_CLI_HOME="$work/home" DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
unset NUGET_PACKAGES NUGET_FALLBACK_PACKAGES XDG_DATA_HOME XDG_CONFIG_HOME
mkdir -p "$HOME" "$work/clone" "$work/use"
ln -s "$root/infra" "$work/clone/infra"
cd "$work/clone"
source_of_packages() { NUGET_PACKAGES="$restored" page "The source of the packages"; dotnet nuget list source | grep -q "$work/clone/feed"; }
check "the page's commands make the packages and register their source" source_of_packages
cd "$work/use"

# The program of the page, then with the strategy of the page, then compiled ahead of time.
app() {
    csharp "A program" 1 >app.cs
    page "A program" >app.out || return 1
    cat app.out
    grep -qE '^[1-9][0-9]* bars, digest [0-9a-f]{8}, ' app.out
}
own() {
    mkdir own
    # Directives and names of namespaces come before statements, and these before classes.
    { csharp "A program" 1 | grep '^#:'
      { csharp "A program" 1; csharp "A program" 2; } | grep '^using [A-Z]' | sort -u
      csharp "A program" 1 | grep -v '^#:\|^using [A-Z]' | sed 's/Class = .*, Sides = "long"/Class = StrategyClass.Of<BuyTheDip>()/'
      csharp "A program" 2 | grep -v '^using [A-Z]'; } >own/own.cs
    (cd own && dotnet run own.cs) >own.out || return 1
    grep -q '^BuyTheDip(period=14,low=30)@ACME:1d' own.out
}
ahead() {
    dotnet publish app.cs -o out && out/app >ahead.out || return 1
    diff app.out ahead.out
}
check "the program of the page runs as a file" app
check "the strategy of the page runs in that program" own
[[ "${GRANARY_TEST_LONG:-}" != 1 ]] || check "compiled ahead of time, the program has the same output" ahead

tool() { page "The command line"; [[ -f "$(ls -d runs/quickstart-*)/report.html" ]]; }
check "the page's commands install the tool and run the quickstart" tool
export PATH="$HOME/.dotnet/tools:$PATH" # as the page's block did

quickstart() {
    granary quickstart --out runs/first | tee "$work/quickstart.json"
    grep -q "$digest" "$work/quickstart.json"
}
check "the tool's quickstart has the digest of the repository" quickstart

# A trainer of ML.NET, whose libraries the tool loads from a folder of its own.
trainers() { granary trainers | tee "$work/trainers"; grep -q mlnet-lightgbm "$work/trainers"; }
check "the tool has the trainers of ML.NET" trainers

long="${GRANARY_TEST_LONG:-}"
kinds=(strategy factor format broker trainer rule study)

# Each command of the README of a new project, to the letter, in the project's folder: of dotnet new and of granary new.
readme() { (cd "$1" && sed -n 's/^    //p' README.md | bash -euxo pipefail); }
# Builds the tests of projects whose names begin so, together.
build_tests() {
    cat >all.proj <<XML
<Project DefaultTargets="Build">
  <ItemGroup><Tests Include="$1*/Tests/*.csproj" /></ItemGroup>
  <Target Name="Restore"><MSBuild Projects="@(Tests)" Targets="Restore" /></Target>
  <Target Name="Build"><MSBuild Projects="@(Tests)" BuildInParallel="true" /></Target>
  <Target Name="VSTest"><MSBuild Projects="@(Tests)" Targets="VSTest" BuildInParallel="true" /></Target>
</Project>
XML
    dotnet build all.proj -v quiet -nologo -p:UseSharedCompilation=true
}
# 'dotnet test' runs tests of each project and passes, and fails in each when one of its tests fails. One call for all: the start of the
# SDK costs more than the tests. Each project has a line in its output.
dotnet_tests() {
    local tests count
    count="$(ls -d "$1"*/Tests | wc -l)"
    build_tests "$1" && dotnet test all.proj --no-build >tests.out || { cat tests.out; return 1; }
    [[ "$(grep -cE '^Passed! .* Passed: +[1-9]' tests.out)" == "$count" ]] || { cat tests.out; return 1; }
    for tests in "$1"*/Tests; do
        echo 'public class Failing { [Xunit.Fact] public void It_fails() => Xunit.Assert.Fail("as it has to"); }' >"$tests/Failing.cs"
    done
    build_tests "$1" || return 1
    if dotnet test all.proj --no-build >tests.out; then echo "dotnet test ended with 0"; return 1; fi
    [[ "$(grep -cE '^Failed! .* Failed: +1,' tests.out)" == "$count" ]] || { cat tests.out; return 1; }
    rm "$1"*/Tests/Failing.cs
}
plugin() {
    page "A plug-in" >plugin.out || return 1
    grep -qE 'Passed: +[1-9]' plugin.out
}
templates() {
    for kind in "${kinds[@]}"; do
        dotnet new "granary-$kind" -n "Golden${kind^}" || return 1
        if [[ "$long" == 1 || "$kind" == @(strategy|study) ]]; then readme "Golden${kind^}" || return 1; fi
    done
    dotnet_tests Golden || return 1
    grep -q '"golden-format"' GoldenFormat/GoldenFormat.cs
    grep -q '"goldenRule"' GoldenRule/GoldenRule.cs
    [[ -f GoldenStrategy/runs/$(ls GoldenStrategy/runs | head -1)/report.html ]]
}
# With other names these are the files of the templates, whose commands have run. The project files differ: they reference the installation.
projects() {
    mkdir "$work/apart"
    cd "$work/apart"
    for kind in "${kinds[@]}"; do
        granary new "$kind" "Own${kind^}"
        cp -r "$work/use/Golden${kind^}" template
        find template -depth -name '*Golden*' -execdir bash -c 'mv "$0" "${0//Golden/Own}"' {} \;
        find template -type f -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/runs/*' -exec sed -i 's/Golden/Own/g; s/golden/own/g' {} +
        diff -r -x bin -x obj -x runs -x '*.csproj' -x '*.sln*' template "Own${kind^}"
        rm -r template
    done
    dotnet_tests Own || return 1
    readme OwnTrainer || return 1
    if [[ "$long" == 1 ]]; then readme OwnStrategy; fi
}
check "the page's commands make a plug-in, build it and run its tests" plugin
check "the commands in the README of each template run; dotnet test runs its tests, and fails with them" templates
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
    granary data generate --out generated --symbols ACME --timeframe 1d
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
    program Granary.Backtesting Granary/0.1.0
    grep -qE '^[1-9][0-9]* bars, digest [0-9a-f]{8}, ' Granary.Backtesting.out
    program Granary.Testing Granary.Testing/0.1.0 xunit.v3/3.2.2
    grep -q 'Failed: 0' Granary.Testing.out
}
check "the programs in the packages' READMEs run" programs

client() {
    granary serve --urls http://127.0.0.1:0 >serve.out 2>&1 &
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
for file in "$work"/clone/feed/*.nupkg; do echo "  $(basename "$file") $(awk "BEGIN { printf \"%.1f\", $(stat -c %s "$file") / 1e6 }")"; done
