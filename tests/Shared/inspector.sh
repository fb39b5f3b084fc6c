# Sourced by test.sh: fetches the inspector of the Model Context Protocol, a program of npm, for the tests of assistants, once.

# Sets GRANARY_TEST_INSPECTOR; fails where there is no npm, or it cannot fetch the inspector.
find_inspector() {
  [[ -n "${GRANARY_TEST_INSPECTOR:-}" ]] && return
  command -v npm >/dev/null || return 1
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/granary-tests/mcp-inspector-1.0.3"
  local program="$cache/node_modules/@modelcontextprotocol/inspector-cli/build/cli.js"
  [[ -f "$program" ]] || npm install --silent --no-audit --no-fund --prefix "$cache" @modelcontextprotocol/inspector-cli@1.0.3 >/dev/null 2>&1 \
    || return 1
  # It reads the version of the package that it is a part of, which is not there.
  cp "$cache/node_modules/@modelcontextprotocol/inspector-cli/package.json" "$cache/node_modules/@modelcontextprotocol/" || return 1
  [[ -f "$program" ]] && export GRANARY_TEST_INSPECTOR="$program"
}
