#!/usr/bin/env bash
# Builds everything that restores on this machine and runs every test in it. Last line: N passed, N failed, N skipped.
#   GRANARY_TEST_LANES=N  test projects that run side by side (default 4)
#   GRANARY_TEST_ANALYZERS=1  builds with the analyzers, as CI does; they take a third of the compiler's time
#   GRANARY_SHARED=DIR    where the shared market data is (default ../shared); "none" hides it
set -uo pipefail
root="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
cd "$root"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# Most processes of the tests live for seconds, so that compiling their methods a second time costs more than it gains. A method is never instrumented,
# and is compiled again after 4,096 calls (1000 in hexadecimal digits). The runtime counts from the first call. By default it counts after 0.1 s without
# a new method, which is late where tests call new methods all the time. Measured: a fifth less processor time, then another tenth less for the tests
# that compute for a minute.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=1000 DOTNET_TC_CallCountingDelayMs=0
# Memory of compiled code is mapped once and not twice (writable, executable): a tenth of the processor time. Users' processes keep the default.
export DOTNET_EnableWriteXorExecute=0
# The garbage collector has no background thread, and collects after 64 MB of allocations (4000000 in hexadecimal digits): most processes here end
# before such a thread gains what it costs. A silo that starts and computes a small batch takes a tenth less processor time, and the tests that compute
# for a minute a twentieth less.
export DOTNET_gcConcurrent=0 DOTNET_GCgen0size=4000000
give_up() { echo "test.sh: $1"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
command -v dotnet >/dev/null || give_up "the .NET SDK 10 is not installed; get it from https://dot.net"
source tests/Shared/postgres.sh
source tests/Shared/precompile.sh
source tests/Shared/lanes.sh
source tests/Shared/processor.sh

# What some tests need beside .NET. Where it may not be installed those tests skip, and say why.
need=()
find_postgres || need+=(postgresql)
[[ -e /usr/lib/x86_64-linux-gnu/librdkafka.so.1 || -e /usr/lib/aarch64-linux-gnu/librdkafka.so.1 ]] || need+=(librdkafka1)
command -v chromium >/dev/null || need+=(chromium)
command -v g++ >/dev/null || need+=(g++)
if ((${#need[@]})); then
    if command -v apt-get >/dev/null && [[ "$(id -u)" == 0 ]]; then
        echo "test.sh: installing ${need[*]} for the tests that need them ..."
        (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}") >/tmp/granary-apt.log 2>&1 \
            || echo "test.sh: ${need[*]} could not be installed (see /tmp/granary-apt.log); the tests that need them skip"
    else
        echo "test.sh: without ${need[*]} some tests skip; install them as root to run these too"
    fi
fi

# Tests write many small files and flush them. In memory that takes a third less of the system's processor time, so they do it there where there is
# enough, and programs may run from it.
in_memory=""
if (($(awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null || echo 0) >= 12 << 20)) && cp /bin/true /dev/shm/granary-true-$$ 2>/dev/null; then
    if (($(df --output=avail -k /dev/shm | tail -1) >= 8 << 20)) && /dev/shm/granary-true-$$ 2>/dev/null; then
        in_memory="$(mktemp -d /dev/shm/granary-tests-XXXXXX)" && chmod 1777 "$in_memory" && export TMPDIR="$in_memory"
    fi
    rm -f /dev/shm/granary-true-$$
fi
work="$(mktemp -d)"
chmod 755 "$work"
trap 'end_lanes; stop_compiler; stop_postgres; rm -rf "$work" $in_memory' EXIT

# One compiler server for all projects of this build, even where the machine's default is a compiler for each: that one would load all analyzers
# forty times, which costs more than the compilation. It ends with the build.
compiler="granary-test-$$"
stop_compiler() {
    [[ -n "$compiler" ]] || return 0
    local roslyn
    roslyn="$(dotnet msbuild src/Granary.Engine -getProperty:RoslynTargetsPath 2>/dev/null)" || return 0
    dotnet "$roslyn/bincore/VBCSCompiler.dll" -shutdown "-pipename:$compiler" >/dev/null 2>&1 || true
    compiler=""
}

step=$SECONDS
own_ticks
before=$ticks

# The restore mostly waits. These jobs do not need the build, and run beside it.
in_lane "dotnet format whitespace" run_format
restore_crossgen &
restoring=$!
install_web &
installing=$!

# One server for all test projects; each test makes a database of its own. Tests that stop their server start one themselves.
if find_postgres; then
    if start_postgres "$work/postgres"; then export GRANARY_TEST_POSTGRES="$pg_port"
    else echo "test.sh: PostgreSQL does not start; each test project starts a server of its own"; fi
fi

solution=Platform.sln
left_out=()
if ! log="$(dotnet restore Platform.sln -v quiet 2>&1)"; then
    echo "test.sh: Platform.sln does not restore here:"
    grep -oE "error NU[0-9]+: [^[]+" <<<"$log" | sort -u | head -3 | sed 's/^/  /'
    # Everything but the projects whose packages are missing (the cluster's, ML.NET's): each is left out by itself.
    broken="$(grep -oE "^[^ ]+\.csproj : error NU" <<<"$log" | sed -E "s|^$PWD/||; s| : error NU$||" | sort -u)"
    solution="$work/Restorable.slnf"
    kept=()
    while read -r project; do
        if grep -qxF "$project" <<<"$broken"; then left_out+=("$project"); else kept+=("\"${project//\//\\\\}\""); fi
    done < <(dotnet sln Platform.sln list | tr -d '\r' | tr '\\' / | grep csproj | sort)
    (IFS=,; echo "{ \"solution\": { \"path\": \"$PWD/Platform.sln\", \"projects\": [ ${kept[*]} ] } }") >"$solution"
    if [[ -z "$broken" ]] || ! dotnet restore "$solution" -v quiet; then
        solution=Platform.Embedded.slnf left_out=()
        while read -r project; do
            grep -qF "${project//\//\\\\}" Platform.Embedded.slnf || grep -qF "$project" Platform.Embedded.slnf || left_out+=("$project")
        done < <(dotnet sln Platform.sln list | tr -d '\r' | grep csproj | sort)
        dotnet restore "$solution" -v quiet || give_up "neither Platform.sln nor Platform.Embedded.slnf restores"
    fi
    echo "test.sh: SKIPPED PROJECTS, since a package of theirs is missing: ${left_out[*]}"
fi

wait "$installing"
# Reference assemblies help only builds that come after changes: a twentieth of the compiler's time.
options=(-p:ProduceReferenceAssembly=false)
[[ -n "${GRANARY_TEST_ANALYZERS:-}" ]] || options+=(-p:RunAnalyzers=false)
echo "test.sh: building $solution ..."
dotnet build "$solution" -c Release --no-restore -v quiet -nologo -clp:NoSummary \
    -p:UseSharedCompilation=true "-p:SharedCompilationId=$compiler" "${options[@]}" || give_up "the build failed"
await_lanes
wait "$restoring"
outliving_ticks
built=$ticks
stop_compiler
own_ticks
say_step "restore and build" $((built + ticks - before - all_ticks)) $((SECONDS - step))

step=$SECONDS before=$ticks
if find_crossgen; then
    precompile tests/*.Tests/bin/Release/net10.0 src/Granary.Cli/bin/Release/net10.0 src/Granary.Silo/bin/Release/net10.0
    own_ticks
    say_step "machine code" $((ticks - before)) $((SECONDS - step))
else echo "test.sh: the package microsoft.netcore.app.crossgen2 does not restore here; the tests run without it, and take longer"; fi

# The longest first, so that no long one is alone at the end; Kafka's tests and those of exchanges mostly wait. A project that is not named here
# runs after these.
projects=(Cluster Kafka Browser Exchanges Application Cli Api Recompute Learning Learning.MLNet Data Engine Deployment Architecture Reporting)
for project in tests/Granary.*.Tests/*.csproj; do
    name="$(basename "$project" .Tests.csproj)"
    [[ " ${projects[*]} " == *" ${name#Granary.} "* ]] || projects+=("${name#Granary.}")
done
for name in "${projects[@]}"; do
    name="Granary.$name.Tests"
    project="tests/$name/$name.csproj"
    [[ " ${left_out[*]-} " == *" $project "* ]] && continue
    if [[ ! -f "tests/$name/bin/Release/net10.0/$name.dll" ]]; then
        [[ "$solution" != Platform.Embedded.slnf ]] || continue
        echo "test.sh: $name was not built"
        failed=$((failed + 1))
        continue
    fi
    if [[ "$name" == Granary.Cluster.Tests ]]; then
        # The longest, in two lanes: mostly silos as processes of their own; the rest.
        in_lane "$name.Silos" run_project "$name" -namespace "$name.Silos"
        in_lane "$name, the rest" run_project "$name" -namespace- "$name.Silos"
        # Silos as real processes, one of them killed.
        in_lane processes.sh run_processes
    else in_lane "$name" run_project "$name"; fi
done

in_lane "Granary.Web" run_web

# What the tests of a lone clone prove is proven here too: those that read ../shared run again on the data that the repository carries.
if [[ "${GRANARY_SHARED:-}" != none && -d "${GRANARY_SHARED:-../shared}" ]]; then
    for name in Engine Data Learning Deployment; do in_lane "Granary.$name.Tests, ../shared hidden" run_hidden "Granary.$name.Tests"; done
else
    echo "test.sh: ../shared IS NOT HERE: the comparisons with real data are left out; those with the data in tests/Data run"
fi
await_lanes
if [[ -n "$pg_folder" && -r "$pg_folder/postmaster.pid" ]]; then
    ticks_of "$(head -1 "$pg_folder/postmaster.pid")"
    say_step "the PostgreSQL server of all lanes" "$ticks" "$SECONDS"
fi
print_failures
echo "test.sh: the whole run: $SECONDS s, $(in_seconds "$all_ticks") s of processor time"
if ((${#left_out[@]})); then echo "test.sh: NOT RUN, since their packages do not restore here: ${left_out[*]}"; fi
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
