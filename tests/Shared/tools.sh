# Sourced by test.sh: finds the programs that some tests need. Without them these tests skip and give the reason. As root on Debian it installs
# what is missing.

source tests/Shared/helm.sh
source tests/Shared/inspector.sh

find_tools() {
    local need=() program module
    find_postgres || need+=(postgresql)
    for program in chromium zsh fish; do command -v "$program" >/dev/null || need+=("$program"); done
    command -v promtool >/dev/null || need+=(prometheus)
    command -v amtool >/dev/null || need+=(prometheus-alertmanager)
    command -v pdftoppm >/dev/null || need+=(poppler-utils)
    if [[ "${GRANARY_TEST_LONG:-}" == 1 ]]; then
        for program in buildah debootstrap runc; do command -v "$program" >/dev/null || need+=("$program"); done
        command -v docker-compose >/dev/null || need+=(docker-compose iproute2)
    fi
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
}
