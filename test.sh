#!/usr/bin/env bash
# Builds everything that restores on this machine and runs every test in it. Last line: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
command -v dotnet >/dev/null || { echo "test.sh: the .NET SDK 10 is not installed; get it from https://dot.net"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

# What some tests need beside .NET. Where it may not be installed those tests skip, and say why.
need=()
[[ -x /usr/lib/postgresql/15/bin/postgres ]] || command -v postgres >/dev/null || need+=(postgresql)
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

solution=Platform.sln
left_out=()
if ! log="$(dotnet restore Platform.sln -v quiet 2>&1)"; then
    echo "test.sh: Platform.sln does not restore here:"
    grep -oE "error NU[0-9]+: [^[]+" <<<"$log" | sort -u | head -3 | sed 's/^/  /'
    # Everything but the projects whose packages are missing (the cluster's, ML.NET's): each is left out by itself.
    broken="$(grep -oE "^[^ ]+\.csproj : error NU" <<<"$log" | sed -E "s|^$PWD/||; s| : error NU$||" | sort -u)"
    solution="$(mktemp -d)/Restorable.slnf"
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
        dotnet restore "$solution" -v quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
    fi
    echo "test.sh: SKIPPED PROJECTS, since a package of theirs is missing: ${left_out[*]}"
fi

echo "test.sh: building $solution ..."
if ! dotnet build "$solution" -c Release --no-restore -v quiet -nologo -clp:NoSummary; then
    echo "test.sh: the build failed"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi

passed=0 failed=0 skipped=0
for project in tests/*.Tests/*.csproj; do
    name="$(basename "$project" .csproj)"
    [[ " ${left_out[*]-} " == *" $project "* ]] && continue
    binary="tests/$name/bin/Release/net10.0/$name.dll"
    if [[ ! -f "$binary" ]]; then
        [[ "$solution" != Platform.Embedded.slnf ]] || continue
        echo "test.sh: $name was not built"
        failed=$((failed + 1))
        continue
    fi
    echo "== $name"
    output="$(mktemp)"
    dotnet exec "$binary" -noLogo -noColor </dev/null 2>&1 | tee "$output" | grep -vE "^\s*(Discovering|Discovered|Starting|Finished)"
    summary="$(grep -oE "Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+, Not Run: [0-9]+" "$output" | tail -1)"
    if [[ -z "$summary" ]] && grep -qE "Total: 0$" "$output"; then
        echo "test.sh: $name holds no test yet"
    elif [[ -z "$summary" ]]; then
        echo "test.sh: $name ended without a summary"
        failed=$((failed + 1))
    else
        read -r total errors bad skip beside < <(grep -oE "[0-9]+" <<<"$summary" | tr '\n' ' ')
        passed=$((passed + total - bad - skip - beside))
        failed=$((failed + bad + errors))
        skipped=$((skipped + skip))
    fi
    rm -f "$output"
done
# Silos as real processes, one of them killed.
if [[ -f tests/Granary.Cluster.Tests/bin/Release/net10.0/Granary.Cluster.Tests.dll ]]; then
    echo "== processes.sh"
    output="$(mktemp)"
    GRANARY_BUILT=1 tests/Granary.Cluster.Tests/processes.sh </dev/null >"$output" 2>&1 || grep -qE "^FAILED" "$output" || echo "FAILED processes.sh ended early" >>"$output"
    cat "$output"
    passed=$((passed + $(grep -cE "^PASSED" "$output"))) failed=$((failed + $(grep -cE "^FAILED" "$output"))) skipped=$((skipped + $(grep -cE "^SKIPPED" "$output")))
    rm -f "$output"
fi
if ((${#left_out[@]})); then echo "test.sh: NOT RUN, since their packages do not restore here: ${left_out[*]}"; fi
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
