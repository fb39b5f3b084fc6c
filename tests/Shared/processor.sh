# Sourced by test.sh: processor time (user and system) of what it starts, which other work on the machine does not change much.
# Where the system has no /proc, as on macOS, all times are 0. Without Python, processes that outlive their parent are not counted: most of Chromium's.

# Hundredths of seconds of all that was measured so far.
all_ticks=0

reaper=()
[[ "$(uname -s)" == Linux ]] && command -v python3 >/dev/null && reaper=(python3 "${BASH_SOURCE[0]%/*}/reaper.py")

# Processes have it in their environment, so that those are found that outlive the command that started them.
export GRANARY_TEST_RUN="$$-$RANDOM"

# ticks_of PID: sets $ticks to the hundredths of seconds of a process and of its children that have ended and that it waited for.
ticks_of() {
    local line fields
    ticks=0
    { line="$(<"/proc/$1/stat")"; } 2>/dev/null || return 0
    # The name before the bracket may have spaces in it.
    read -ra fields <<<"${line##*) }"
    ticks=$((fields[11] + fields[12] + fields[13] + fields[14]))
}

# own_ticks: sets $ticks, for the shell that calls it.
own_ticks() { ticks_of "$BASHPID"; }

# outliving_ticks: sets $ticks, for processes of this run that no shell waits for: the compiler server and the nodes of the build.
outliving_ticks() {
    local file sum=0
    for file in /proc/[0-9]*/environ; do
        grep -qzxF "GRANARY_TEST_RUN=$GRANARY_TEST_RUN" "$file" 2>/dev/null || continue
        file="${file%/environ}"
        ticks_of "${file#/proc/}"
        sum=$((sum + ticks))
    done
    ticks=$sum
}

# in_seconds TICKS
in_seconds() { echo "$((($1 + 50) / 100))"; }

# say_step TITLE TICKS SECONDS: one line about a step of the run, which is added to the whole.
say_step() {
    all_ticks=$((all_ticks + $2))
    echo "test.sh: $1: $3 s, $(in_seconds "$2") s of processor time"
}
