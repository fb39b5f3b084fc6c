# Sourced by test.sh: runs jobs side by side, prints the output of each as a whole when it ends, and adds up passed, failed and skipped tests.
# A job writes what it counted to the file $counts, as "PASSED FAILED SKIPPED". Each one's output ends with its seconds and its processor time.

lanes="${GRANARY_TEST_LANES:-4}"
passed=0 failed=0 skipped=0 failures=""
declare -A lane_of=()

# in_lane TITLE COMMAND…: starts a job as soon as a lane is free.
in_lane() {
    while ((${#lane_of[@]} >= lanes)); do await_one; done
    local title="$1" output counts
    shift
    output="$(mktemp -p "$work")"
    counts="$output.counts"
    ( started=$SECONDS
      counts="$counts" "$@" >"$output" 2>&1 </dev/null
      own_ticks
      echo "$ticks" >"$output.ticks"
      echo "   $((SECONDS - started)) s, $(in_seconds "$ticks") s of processor time" >>"$output" ) &
    lane_of[$!]="$output $title"
}

await_one() {
    local pid output title p f s seen ticks
    wait -n -p pid "${!lane_of[@]}"
    output="${lane_of[$pid]%% *}" title="${lane_of[$pid]#* }"
    unset "lane_of[$pid]"
    echo "== $title"
    cat "$output"
    seen="$(failures_of "$output")"
    [[ -z "$seen" ]] || failures+="$seen"$'\n'
    if read -r p f s 2>/dev/null <"$output.counts"; then
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    else
        echo "test.sh: $title ended without a summary"
        failed=$((failed + 1))
        failures+="    $title ended without a summary"$'\n'
    fi
    if read -r ticks 2>/dev/null <"$output.ticks"; then all_ticks=$((all_ticks + ticks)); fi
    rm -f "$output" "$output.counts" "$output.ticks"
}

# The lines of a job's output that belong to its failures: the test's name and the first lines of what it says.
failures_of() {
    grep -E -A 12 "\[FAIL\]$" "$1" | grep -vE "^\s*at |^--$|^=== |^   [0-9]+ s, |Finished:"
    grep -E "^FAILED" "$1"
}

# What failed, once more: the end of a long log is what one reads first.
print_failures() {
    [[ -n "$failures" ]] || return 0
    echo "== What failed"
    printf '%s' "$failures"
}

await_lanes() { while ((${#lane_of[@]})); do await_one; done; }

end_lanes() { ((${#lane_of[@]} == 0)) || kill "${!lane_of[@]}" 2>/dev/null; }

# run_tests NAME [FILTER…]: runs the tests of a project and sets total, errors, bad, skip and beside; fails without a summary.
run_tests() {
    local log="$output.log" summary threads=()
    # Most of these tests wait: for silos that start, stop or are found dead, and for time-outs. More of them than processors run at once.
    case "$1" in
        Granary.Cluster.Tests) threads=(-maxThreads 3) ;;
        Granary.Exchanges.Tests | Granary.Kafka.Tests) threads=(-maxThreads 4) ;;
    esac
    "${reaper[@]}" dotnet exec "tests/$1/bin/Release/net10.0/$1.dll" -noLogo -noColor "${threads[@]}" "${@:2}" >"$log" 2>&1
    grep -vE "^\s*(Discovering|Discovered|Starting|Finished)" "$log"
    summary="$(grep -oE "Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+, Not Run: [0-9]+" "$log" | tail -1)"
    [[ -n "$summary" ]] || summary="$(grep -oE "Total: 0$" "$log" | tail -1)"
    rm -f "$log"
    [[ -n "$summary" ]] || return 1
    read -r total errors bad skip beside _ <<<"$(grep -oE "[0-9]+" <<<"$summary 0 0 0 0" | tr '\n' ' ')"
}

run_project() {
    run_tests "$@" || return
    echo "$((total - bad - skip - beside)) $((bad + errors)) $skip" >"$counts"
}

# Names of the test classes of a project whose results may depend on ../shared: their files, or files that those use, ask SharedData for it. Its
# RepositoryRoot and Synthetic are the same without ../shared.
classes_of_shared_data() {
    local asks="SharedData\.(Find|Require|IsSynthetic|MissingReason|DailyWithAdjustedClose)|SharedFact|SharedTheory" names files="" before=""
    names="$asks"
    while :; do
        files="$(grep -rlwE --include='*.cs' --exclude-dir=bin --exclude-dir=obj "$names" "tests/$1" | sort)"
        [[ "$files" == "$before" ]] && break
        before="$files"
        names="$asks|$(sed -E 's|.*/||; s|\.cs$||' <<<"$files" | paste -sd'|')"
    done
    sed -E 's|.*/||; s|\.cs$||' <<<"$files" | grep -E "Tests$"
}

# A second run without ../shared: only its failures count, since the tests have been counted already. Skips there are few, since each such test has a
# twin on carried data. Tests that know nothing of ../shared are not run again.
run_hidden() {
    local limit=15 name filters=()
    export GRANARY_SHARED=none
    while read -r name; do filters+=(-class "*.$name"); done < <(classes_of_shared_data "$1")
    ((${#filters[@]})) || { echo "test.sh: no test of $1 reads ../shared; do not run it a second time"; return 1; }
    run_tests "$1" "${filters[@]}" || return
    if ((skip > limit)); then
        echo "test.sh: without ../shared $skip tests of $1 skip, more than $limit; give the new ones a twin on the data in tests/Data"
        bad=$((bad + 1))
    fi
    echo "0 $((bad + errors)) 0" >"$counts"
}

# The layout of all sources, as one test. The architecture tests check using directives, namespaces and words of access: that is all of dotnet format,
# which takes two minutes of processor time to load all projects. Run it by hand: dotnet format Platform.sln
run_format() {
    # Each method compiled once and for good: two thirds of the processor time.
    if DOTNET_TieredCompilation=0 dotnet format whitespace . --folder --verify-no-changes --exclude .git >"$output.log" 2>&1; then echo "1 0 0" >"$counts"; else
        head -20 "$output.log"
        echo "FAILED the layout of some sources; put it right with: dotnet format whitespace . --folder"
        echo "0 1 0" >"$counts"
    fi
    rm -f "$output.log"
}

# Installs the packages of the dashboard. Where that fails, the build of Granary.Api tries again and reports it.
install_web() {
    local folder=src/Granary.Web
    [[ ! $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]] && command -v npm >/dev/null || return 0
    (cd $folder && npm ci) >/dev/null 2>&1
}

# Types, lint, layout and unit tests of the dashboard, which the build of Granary.Api has installed and made.
run_web() {
    if [[ ! -f src/Granary.Web/dist/index.html ]]; then
        echo "SKIPPED the dashboard was not built: Node.js 20.19 or newer is missing, or 'npm ci' failed in src/Granary.Web"
        echo "0 0 1" >"$counts"
        return
    fi
    if (cd src/Granary.Web && npm run check) >"$output.log" 2>&1; then
        echo "$(sed 's/\x1b\[[0-9;]*m//g' "$output.log" | grep -oE "Tests +[0-9]+ passed" | grep -oE "[0-9]+") 0 0" >"$counts"
    else
        tail -40 "$output.log"
        echo "FAILED npm run check in src/Granary.Web"
        echo "0 1 0" >"$counts"
    fi
    rm -f "$output.log"
}

# Silos that share the machine with other tests answer slowly: none is declared dead for it. By hand the script has the usual time-outs.
run_processes() {
    GRANARY_BUILT=1 GRANARY_FAILURE_TIMEOUT=20 GRANARY_START_TIMEOUT=300 tests/Granary.Cluster.Tests/processes.sh >"$output.log" 2>&1 || grep -qE "^FAILED" "$output.log" || echo "FAILED processes.sh ended early" >>"$output.log"
    cat "$output.log"
    echo "$(grep -cE "^PASSED" "$output.log") $(grep -cE "^FAILED" "$output.log") $(grep -cE "^SKIPPED" "$output.log")" >"$counts"
    rm -f "$output.log"
}
