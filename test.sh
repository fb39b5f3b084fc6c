#!/usr/bin/env bash
# Restores, builds and runs every test. The last line counts them: N passed, N failed, N skipped.
# GRANARY_TEST_LONG=1 runs the long form of the tests that draw seeds, batches or crash points.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
source tests/Shared/postgres.sh
source tests/Shared/helm.sh
source tests/Shared/inspector.sh

passed=0 failed=0 skipped=0 failures=""
export limit=90m # of one project: it only ends one that hangs
[[ "${GRANARY_TEST_LONG:-}" == 1 ]] && limit=8h
# Most code of a test and of the programs that it starts runs a few times: instrumenting it takes a third of the processor time.
export DOTNET_TieredPGO=0
export work="$(mktemp -d)"
chmod 755 "$work" # the user that runs PostgreSQL enters it
trap 'stop_postgres; rm -rf "$work"' EXIT

give_up() { echo "test.sh: $1"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

# count PASSED FAILED SKIPPED
count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }

# run_project NAME: runs its tests; the output goes to $work/NAME.log.
run_project() {
    local dll="tests/Granary.$1.Tests/bin/Release/net10.0/Granary.$1.Tests.dll" started=$SECONDS
    timeout --kill-after=10 "$limit" dotnet exec "$dll" -noLogo -noColor >"$work/$1.log" 2>&1 </dev/null
    echo "== Granary.$1.Tests: $((SECONDS - started)) s"
}

# report_project NAME: prints the output and counts the tests.
report_project() {
    local log="$work/$1.log" summary total errors bad skip other
    grep -vE "^ *(Discover|Start|Finish)" "$log"
    summary="$(grep -E "Total: [0-9]+" "$log" | tail -1)"
    if [[ -z "$summary" ]]; then
        count 0 1 0
        failures+="Granary.$1.Tests ended without a summary, or was ended after $limit"$'\n'
        return
    fi
    read -r total errors bad skip other _ <<<"$(grep -oE ": [0-9]+" <<<"$summary" | tr -d ':\n') 0 0 0 0"
    count $((total - bad - skip - other)) $((bad + errors)) "$skip"
    failures+="$(grep -A 12 "\[FAIL\]$" "$log" | grep -vE "^ *(at|Finished:) |^--$|^===|Total: ")"$'\n'
}

# run_check NAME COMMAND…: a check that is one test.
run_check() {
    echo "== $1"
    if "${@:2}" >"$work/check.log" 2>&1; then count 1 0 0; else tail -40 "$work/check.log"; count 0 1 0; failures+="$1 failed: ${*:2}"$'\n'; fi
}

command -v dotnet >/dev/null || give_up "the .NET SDK 10 is not installed; get it from https://dot.net"

# Programs that some tests need. Without them these tests skip and give the reason.
need=()
find_postgres || need+=(postgresql)
for program in chromium zsh fish buildah debootstrap runc; do command -v "$program" >/dev/null || need+=("$program"); done
command -v promtool >/dev/null || need+=(prometheus)
command -v amtool >/dev/null || need+=(prometheus-alertmanager)
command -v docker-compose >/dev/null || need+=(docker-compose iproute2)
command -v pdftoppm >/dev/null || need+=(poppler-utils)
# Debian's packages belong to its own Python.
for module in nbclient ipykernel pandas matplotlib; do
    python3 -c "import $module" 2>/dev/null || /usr/bin/python3 -c "import $module" 2>/dev/null || need+=("python3-$module")
done
if ((${#need[@]})) && [[ $EUID == 0 ]] && command -v apt-get >/dev/null; then
    echo "test.sh: installing ${need[*]}"
    (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${need[@]}") >"$work/apt.log" 2>&1 \
        || tail -3 "$work/apt.log"
fi

find_helm || echo "test.sh: no helm, so the tests of the chart skip"
find_inspector || echo "test.sh: no npm, so the tests with the inspector of MCP skip"

# Before the build, which embeds the documentation site.
site_log="" # of a site that could not be made
if command -v npm >/dev/null; then
    echo "test.sh: making the documentation site"
    GRANARY_BUILT=1 infra/site.sh >"$work/site.log" 2>&1 || { site_log="$work/site.log"; tail -5 "$site_log"; }
fi

echo "test.sh: restoring and building Platform.sln"
dotnet restore Platform.sln -v quiet || give_up "Platform.sln could not be restored"
# With all analyzers, once. Their findings fail a check at the end, so that they hide no test. A project that is up to date would not be
# analysed, so everything is built.
dotnet build Platform.sln -c Release --no-restore --no-incremental -v quiet -nologo -clp:NoSummary -p:TreatWarningsAsErrors=false \
    -p:UseSharedCompilation=true >"$work/build.log" || { tail -40 "$work/build.log"; give_up "the build failed"; }
dotnet build-server shutdown --vbcscompiler >/dev/null # it has loaded the analyzers once for all projects, and stays otherwise

# One server for all projects; each test makes a database of its own.
if find_postgres; then
    start_postgres "$work/postgres" || give_up "PostgreSQL does not start"
    export GRANARY_TEST_POSTGRES="$pg_port"
fi

# These use one processor or wait, so two run at a time. Api, Browser, Cli and Cluster start servers that use all, and run alone.
together=(Recompute Backtesting Parquet Kafka Simulation Trading Data Engine Learning Exchanges Hosting.Aspire Assistants Deployment
    Learning.MLNet Architecture Scripting Server Storage Modelling Reporting Tutorials)
export -f run_project
printf '%s\n' "${together[@]}" | xargs -P 2 -I{} bash -c 'run_project {}'
for project in "${together[@]}"; do report_project "$project"; done
for file in tests/Granary.*.Tests/*.csproj; do
    project="$(basename "$file" .Tests.csproj)"
    project="${project#Granary.}"
    [[ " ${together[*]} " == *" $project "* ]] && continue
    run_project "$project"
    report_project "$project"
done

# Two silos as processes, one of which is killed; the packages of a release, as a stranger uses them; Compose's processes without an engine;
# and the images, built and run.
for script in tests/Granary.Cluster.Tests/processes.sh tests/packages.sh tests/compose.sh tests/images.sh; do
    echo "== $script"
    GRANARY_BUILT=1 "$script" >"$work/script.log" 2>&1 || echo "FAILED: $script ended early" >>"$work/script.log"
    cat "$work/script.log"
    count "$(grep -c ^PASSED "$work/script.log")" "$(grep -c ^FAILED "$work/script.log")" "$(grep -c ^SKIPPED "$work/script.log")"
    failures+="$(grep ^FAILED "$work/script.log")"$'\n'
done

# Advisories about packages (NU19…) are no errors of the build either.
no_findings() { ! grep -E ": (warning|error) " "$work/build.log" | grep -vE "warning NU190[0-4]" | sort -u; }
run_check "The analyzers" no_findings
run_check "The layout of the sources" dotnet format whitespace . --folder --verify-no-changes --exclude .git
if [[ -f src/Granary.Web/dist/index.html ]]; then run_check "The dashboard" npm --prefix src/Granary.Web run check
else echo "SKIPPED the dashboard: it was not built, since Node.js 20.19 or newer is missing or npm ci failed in src/Granary.Web"; count 0 0 1; fi
# Without its packages the site is skipped; with them, a site that cannot be made is a fault of its pages.
if [[ -n "$site_log" && -f site/node_modules/.package-lock.json ]]; then run_check "The documentation site is made" infra/site.sh
elif [[ -f site/dist/index.html ]]; then run_check "The documentation site" npm --prefix site run check
else echo "SKIPPED the documentation site: it was not made, since Node.js 20.19 or newer is missing or npm ci failed in site"; count 0 0 1; fi

if ((failed)); then echo "== What failed"; grep . <<<"$failures"; fi
echo "test.sh: $SECONDS s"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
