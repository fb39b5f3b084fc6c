#!/usr/bin/env bash
# Builds Granary and runs its tests. The last line counts them: N passed, N failed, N skipped.
#   ./test.sh            all that a change can break
#   ./test.sh NAME…      the tests of these projects, such as Engine or Cluster
#   ./test.sh --changed  the tests that the change since main touches, committed or not
#   ./test.sh --all      also what is long: all seeds, draws and crash points, images, Compose, Aspire
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
source tests/Shared/tools.sh
source tests/Shared/changed.sh
source tests/Shared/postgres.sh

passed=0 failed=0 skipped=0 failures=""
export limit=90m # of one project: it only ends one that hangs
# Most code of a test and of the programs that it starts runs a few times. Instrumenting it, compiling it again after thirty calls, and a
# collection of garbage each 8 ms took a third of the processor time. The numbers are hexadecimal: a thousand calls, and 64 MB.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=3E8 DOTNET_TC_CallCountingDelayMs=0
export DOTNET_gcConcurrent=0 DOTNET_GCgen0size=4000000
export work="$(mktemp -d)"
chmod 755 "$work" # the user that runs PostgreSQL enters it
export GRANARY_TEST_COSTS="${GRANARY_TEST_COSTS:-$work/costs}"
mkdir -p "$GRANARY_TEST_COSTS"
trap finish EXIT
watch=""
finish() {
    [[ -z "$watch" ]] || kill "$watch" 2>/dev/null
    stop_postgres
    dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 # the compiler's process stays otherwise
    rm -rf "$work"
}

say() { printf 'test.sh: %4d s  %s\n' "$SECONDS" "$1"; }
give_up() { echo "test.sh: $1"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

# Seconds of processor time of the whole machine since it started. Only Linux counts them.
processor_seconds() { if [[ -r /proc/stat ]]; then awk '/^cpu / { printf "%d", ($2 + $3 + $4 + $7 + $8) / 100 }' /proc/stat; else echo 0; fi; }

# Says each minute what runs: a task's times are written when it ends. No program writes to the pipe, so reading from it waits.
say_what_runs() {
    local task running
    mkfifo "$work/never"
    while ! read -rt 60 _ <>"$work/never"; do
        running=()
        for task in "${tasks[@]}"; do [[ -f "$work/$task.time" && ! -s "$work/$task.time" ]] && running+=("$task"); done
        say "still running: ${running[*]}"
    done
}

# count PASSED FAILED SKIPPED
count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }

# run NAME: one task, which is the tests of a project, a script, or a check. Its output goes to $work/NAME.log, its times to $work/NAME.time.
run() {
    local TIMEFORMAT='%R %U %S'
    { time run_task "$1" >"$work/$1.log" 2>&1 </dev/null; } 2>"$work/$1.time"
    awk -v name="$1" '{ printf "== %s: %.0f s, processor %.0f s\n", name, $1, $2 + $3 }' "$work/$1.time"
}
run_task() {
    case "$1" in
        packages | compose | images) script "tests/$1.sh" ;;
        processes) script tests/Granary.Cluster.Tests/processes.sh ;;
        layout) check "the layout of the sources" dotnet format whitespace . --folder --verify-no-changes --exclude .git ;;
        dashboard)
            if [[ -f src/Granary.Web/dist/index.html ]]; then check "the dashboard's own tests" npm --prefix src/Granary.Web run check
            else echo "SKIPPED the dashboard: it was not built, since Node.js 20.19 or newer is missing or npm ci failed in src/Granary.Web"; fi ;;
        site)
            # Without its packages the site is skipped; with them, a site that cannot be made is a fault of its pages.
            if [[ -f "$work/site.failed" && -f site/node_modules/.package-lock.json ]]; then check "the documentation site is made" infra/site.sh
            elif [[ -f site/dist/index.html ]]; then check "the documentation site" npm --prefix site run check
            else echo "SKIPPED the documentation site: it was not made, since Node.js 20.19 or newer is missing or npm ci failed in site"; fi ;;
        *) timeout --kill-after=10 "$limit" dotnet exec "tests/Granary.$1.Tests/bin/Release/net10.0/Granary.$1.Tests.dll" -noLogo -noColor ;;
    esac
}
script() { GRANARY_BUILT=1 "$1" || echo "FAILED $1 ended early"; }
# check NAME COMMAND…: a check that is one test.
check() { if "${@:2}" >"$work/check.$BASHPID" 2>&1; then echo "PASSED $1"; else tail -40 "$work/check.$BASHPID"; echo "FAILED $1: ${*:2}"; fi; }
export -f run run_task script check

# report NAME: prints the output of a task and counts its tests.
report() {
    local log="$work/$1.log" summary total errors bad skip other
    echo "== $1"
    if [[ ! -d "tests/Granary.$1.Tests" ]]; then
        cat "$log"
        count "$(grep -c ^PASSED "$log")" "$(grep -c ^FAILED "$log")" "$(grep -c ^SKIPPED "$log")"
        failures+="$(grep ^FAILED "$log")"$'\n'
        return
    fi
    grep -vE "^ *(Discover|Start|Finish)" "$log"
    summary="$(grep -E "Total: [0-9]+" "$log" | tail -1)"
    if [[ -z "$summary" ]]; then
        count 0 1 0
        failures+="$1 ended without a summary, or was ended after $limit"$'\n'
        return
    fi
    read -r total errors bad skip other _ <<<"$(grep -oE ": [0-9]+" <<<"$summary" | tr -d ':\n') 0 0 0 0"
    count $((total - bad - skip - other)) $((bad + errors)) "$skip"
    failures+="$(first_lines "$log")"$'\n'
}

# first_lines LOG: of each failed test the name and the first lines of its message; the stack is in the output of the task.
first_lines() {
    awk '/\[FAIL\]$/ { left = 12; print; next }
        /^ *(Stack Trace:|Output:|Warnings:|Finished:|===)|\[SKIP\]$/ { left = 0 }
        left && NF { left--; print substr($0, 1, 240) }' "$1"
}

# The twelve test classes that took most processor time, and what they started. What belongs to no class has the name of its project.
print_costs() {
    echo "== The dearest test classes: processor s, of all tests of the class; wall s; class; what it started"
    awk -F'\t' 'FNR == 1 { project = FILENAME; gsub(/.*\/|\.tsv$/, "", project) }
        $2 !~ /\./ { $2 = project ": " $2 }
        $1 == "cost" { cost[$2] += $3; wall[$2] += $4 } $1 == "start" { started[$2] = started[$2] ", " $3 " × " $4 }
        END { for (c in cost) printf "%8.1f %8.1f  %s%s\n", cost[c], wall[c], c, started[c] }' "$GRANARY_TEST_COSTS"/*.tsv 2>/dev/null \
        | sort -rn | head -12
}

# What runs. The longest first, so that none is left alone at the end; those that mostly wait (Browser, packages, Api, Exchanges, Kafka) stand
# apart, so that one that computes runs beside each.
first=(Cluster Browser Cli Backtesting packages Tutorials Recompute Trading Api Simulated Scripting Parquet Data Exchanges Learning Engine Assistants Kafka)
mapfile -t all < <(for file in tests/Granary.*.Tests/*.csproj; do project="$(basename "$file" .Tests.csproj)"; echo "${project#Granary.}"; done)
whole=false
case "${1:-}" in
    "" | --all)
        whole=true
        projects=("${all[@]}")
        if [[ "${1:-}" == --all ]]; then export GRANARY_TEST_LONG=1 limit=8h; fi ;;
    --changed)
        mapfile -t projects < <(changed_projects "${all[@]}")
        ((${#projects[@]})) || { echo "test.sh: nothing has changed since main"; echo "0 passed, 0 failed, 0 skipped"; exit 0; } ;;
    -*) give_up "'$1' is unknown; ./test.sh takes names of projects (${all[*]}), --changed or --all" ;;
    *)
        projects=("$@")
        for project in "$@"; do
            [[ -d "tests/Granary.$project.Tests" ]] || give_up "there is no project '$project'; the projects are ${all[*]}"
        done ;;
esac
tasks=()
for project in "${first[@]}" "${all[@]}"; do
    [[ " ${projects[*]} " == *" $project "* && " ${tasks[*]} " != *" $project "* ]] && tasks+=("$project")
    [[ "$whole" == true && "$project" == packages ]] && tasks+=(packages)
done
if [[ "$whole" == true ]]; then
    tasks+=(dashboard site layout)
    # Two silos as processes, one of which is killed; Compose's processes without an engine; and the images, built and run.
    [[ "${GRANARY_TEST_LONG:-}" == 1 ]] && tasks+=(processes compose images)
fi

command -v dotnet >/dev/null || give_up "the .NET SDK 10 is not installed; get it from https://dot.net"
processor=$(processor_seconds)
say "looking for the programs that tests need"
find_tools

# Before the build, which embeds the documentation site.
if [[ "$whole" == true ]] && command -v npm >/dev/null; then
    say "making the documentation site, from the libraries that it builds"
    infra/site.sh >"$work/site.log" 2>&1 || { tail -5 "$work/site.log"; touch "$work/site.failed"; }
fi
# Only the projects whose tests start the programs need them.
starts_programs() { local project; for project in "${projects[@]}"; do grep -qrE "Programs\.(Granary|Silo)" "tests/Granary.$project.Tests" --include=*.cs && return; done; return 1; }
options=(-c Release -v quiet -nologo -clp:NoSummary)
if starts_programs; then
    options+=(-p:AheadOfTime=true)
    say "publishing the programs that tests start"
    infra/programs.sh || give_up "the programs could not be published"
fi
if [[ "$whole" == true ]]; then
    say "building Platform.sln"
    dotnet build Platform.sln "${options[@]}" >"$work/build.log" || { tail -40 "$work/build.log"; give_up "the build failed"; }
else
    for project in "${projects[@]}"; do
        say "building $project"
        dotnet build "tests/Granary.$project.Tests" "${options[@]}" >"$work/build.log" || { tail -40 "$work/build.log"; give_up "the build failed"; }
    done
fi

# One server for all projects; each test makes a database of its own.
if find_postgres; then
    start_postgres "$work/postgres" || give_up "PostgreSQL does not start"
    export GRANARY_TEST_POSTGRES="$pg_port"
fi

say "running ${tasks[*]}"
say_what_runs &
watch=$!
printf '%s\n' "${tasks[@]}" | xargs -P 2 -I{} bash -c 'run {}'
kill "$watch"
wait "$watch" 2>/dev/null
watch=""
for task in "${tasks[@]}"; do report "$task"; done

if ((failed)); then echo "== What failed"; grep . <<<"$failures"; fi
print_costs
echo "test.sh: $SECONDS s, $(($(processor_seconds) - processor)) s of processor time"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
