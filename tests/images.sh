#!/usr/bin/env bash
# Builds every stage of the Dockerfile with buildah, from local bases that have the names of the published ones, and uses both images as
# an operator does: their user, a read-only root, /tmp in memory, no rights of root. Prints PASSED, FAILED or SKIPPED lines.
# The local bases are of Debian 12, the published ones of Ubuntu 24.04 (docs/containers.md lists the differences).
#   GRANARY_IMAGES_STORE=DIR keeps the images in DIR
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
source "$root/tests/Shared/postgres.sh"
digest=d3d7ba3bee077922563d38581a18b56db9b4b71a9971bd6a037dd01d6c400859
skip() { echo "SKIPPED the images: $1"; exit; }
[[ $EUID == 0 ]] || skip "needs root for mounts and chroot"
for program in buildah debootstrap runc python3 npm curl; do command -v "$program" >/dev/null || skip "$program is not installed"; done
source /etc/os-release
[[ "$ID" == debian ]] || skip "the local bases are made from Debian's packages, and this is $PRETTY_NAME"
unshare -m true 2>/dev/null || skip "needs a mount namespace of its own (unshare -m)"

work="$(mktemp -d)"
store="${GRANARY_IMAGES_STORE:-$work/store}"
finish() {
    for container in $(runc --root "$work/runc" list --quiet 2>/dev/null); do runc --root "$work/runc" delete --force "$container" || true; done
    build umount --all >/dev/null 2>&1 || true
    build rm --all >/dev/null 2>&1 || true
    [[ "$store" != "$work"/* ]] || build rmi --all --force >/dev/null 2>&1 || true
    umount "$store/overlay" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
build() { buildah --root "$store" --runroot "$work/runroot" "$@"; }
passed() { echo "PASSED $1"; }
failed() { echo "FAILED $1"; exit; }
# check NAME FUNCTION: the function ends at its first command that fails.
check() {
    local code=0
    set +e
    (set -e; "${@:2}") >"$work/check.log" 2>&1
    code=$?
    set -e
    if ((code == 0)); then passed "$1"; else tail -40 "$work/check.log"; failed "$1"; fi
}

# ---- The bases.
mcr=mcr.microsoft.com/dotnet
# base NAME FROM: starts a base image; sets $container, and $mount to its root.
base() { container="$(build from --pull-never "$1")"; mount="$(build mount "$container")"; }
commit() { build umount "$container" >/dev/null; build commit --quiet --rm "$container" "$1" >/dev/null; }

bases() {
    local dotnet node
    dotnet="$(dirname "$(readlink -f "$(command -v dotnet)")")"
    node="$(readlink -f "$(command -v node)")"

    base scratch
    debootstrap --variant=minbase --include=ca-certificates,libicu72,libssl3,libstdc++6,tzdata "$VERSION_CODENAME" "$mount"
    # The certificates that this machine trusts, which may be a company's.
    cp -aL --remove-destination /etc/ssl/certs/. "$mount/etc/ssl/certs/"
    # The list of what a base without shell and package manager has, of the packages that the published one is cut from.
    (cd "$mount" && { dpkg-query --admindir var/lib/dpkg -L libc6 libgcc-s1 libicu72 libssl3 libstdc++6 | grep -E '\.so(\.|$)'
        dpkg-query --admindir var/lib/dpkg -L tzdata | grep -E '/usr/share/zoneinfo/'; echo /etc/ssl/certs/ca-certificates.crt; echo /etc/os-release; echo /usr/lib/os-release; } \
        | while read -r file; do [[ -d ".$file" && ! -L ".$file" ]] || echo ".$file"; done >"$work/files"
     tar -cf "$work/files.tar" -T "$work/files")
    commit "$mcr/runtime-deps:10.0-noble"

    base "$mcr/runtime-deps:10.0-noble"
    cp -a "$dotnet" "$mount/usr/share/dotnet"
    ln -s /usr/share/dotnet/dotnet "$mount/usr/bin/dotnet"
    build config --env DOTNET_CLI_TELEMETRY_OPTOUT=1 --env DOTNET_NOLOGO=1 "$container"
    commit "$mcr/sdk:10.0-noble"

    base "$mcr/runtime-deps:10.0-noble"
    cp "$node" "$mount/usr/bin/node"
    mkdir -p "$mount/usr/lib/node_modules"
    cp -a "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$mount/usr/lib/node_modules/npm"
    ln -s ../lib/node_modules/npm/bin/npm-cli.js "$mount/usr/bin/npm"
    commit node:22-slim

    base scratch
    mkdir -p "$mount"/{usr/lib,usr/lib64,usr/bin,etc,dev,proc,home/app,usr/share/dotnet}
    mkdir -m 1777 "$mount/tmp"
    for folder in lib lib64 bin; do ln -s "usr/$folder" "$mount/$folder"; done
    tar -xf "$work/files.tar" -C "$mount" --keep-directory-symlink
    cp -a "$dotnet"/{dotnet,host,shared,LICENSE.txt,ThirdPartyNotices.txt} "$mount/usr/share/dotnet/"
    ln -s /usr/share/dotnet/dotnet "$mount/usr/bin/dotnet"
    echo 'app:x:1654:1654::/home/app:/bin/false' >"$mount/etc/passwd"
    echo 'app:x:1654:' >"$mount/etc/group"
    chown 1654:1654 "$mount/home/app"
    build config --env APP_UID=1654 --env ASPNETCORE_HTTP_PORTS=8080 --env DOTNET_RUNNING_IN_CONTAINER=true \
        --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --user 1654 "$container"
    commit "$mcr/aspnet:10.0-noble-chiseled-extra"
}

# ---- The images. Packages that this machine has are not fetched again. Only the long form compiles ahead of time, which takes minutes.
mkdir -p "$HOME/.nuget/packages" "$HOME/.npm"
revision=0123456789abcdef0123456789abcdef01234567
ahead=false
[[ "${GRANARY_TEST_LONG:-}" != 1 ]] || ahead=true
image() {
    build bud --isolation chroot --format docker --layers --pull-never --target "$1" -t "$2" -f "$root/Dockerfile" \
        --volume "$HOME/.nuget/packages:/root/.nuget/packages" --volume "$HOME/.npm:/root/.npm" \
        --build-arg "REVISION=$revision" --build-arg CREATED=2026-01-01T00:00:00Z --build-arg READY_TO_RUN="$ahead" "$root"
}

have_bases() { build inspect --type image "$mcr/aspnet:10.0-noble-chiseled-extra" >/dev/null 2>&1; }
# What can fail before this line is a matter of the machine: a file system that has no layers, or no mirror of Debian.
probe="$(build from scratch 2>/dev/null)" && build mount "$probe" >/dev/null 2>&1 || skip "buildah cannot mount an image here"
if ! have_bases; then
    set +e
    (set -e; bases) >"$work/bases.log" 2>&1
    code=$?
    set -e
    ((code == 0)) || skip "the bases could not be made: $(tail -1 "$work/bases.log")"
    passed "the bases are made"
fi
check "every stage of the Dockerfile up to the silo builds" image silo granary-silo
check "the image of the single server builds" image granary granary

# ---- The containers: what an engine makes of an image, started by runc.
# bundle NAME IMAGE OPTION…: writes the bundle of a container. Options: --volume FROM:TO[:ro], --env NAME=VALUE, --health, -- ARGUMENT…
# Without arguments the image's own command is started; --health starts its health check.
bundle() {
    local name="$1" image="$2"; shift 2
    container="$(build from --pull-never "$image")"
    mkdir -p "$work/$name"
    build inspect --type image "$image" | python3 "$root/tests/Shared/bundle.py" "$(build mount "$container")" "$@" >"$work/$name/config.json"
}
# run NAME IMAGE OPTION…: runs a container to its end.
run() {
    bundle "$@"
    runc --root "$work/runc" run --bundle "$work/$1" "$1"
}
# start NAME IMAGE OPTION…: starts one that serves; its output goes to $work/NAME.log.
start() {
    bundle "$@"
    runc --root "$work/runc" run --detach --pid-file "$work/$1.pid" --bundle "$work/$1" "$1" >"$work/$1.log" 2>&1 </dev/null
}
# healthy NAME: runs the health check of the image in its container until it succeeds.
healthy() {
    local deadline=$((SECONDS + 300)) probe
    mapfile -t probe < <(python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))["annotations"]["health"].split("\x1f")))' "$work/$1/config.json")
    until runc --root "$work/runc" exec "$1" "${probe[@]}"; do
        runc --root "$work/runc" state "$1" | grep -q '"status": "running"' || { cat "$work/$1.log"; return 1; }
        ((SECONDS < deadline)) || { cat "$work/$1.log"; echo "the health check of $1 did not succeed within 300 s"; return 1; }
        sleep 1
    done
}
# stop NAME: SIGTERM, as an engine stops a container; 0 if its process ended.
stop() {
    local pid
    pid="$(cat "$work/$1.pid")"
    runc --root "$work/runc" kill "$1" TERM
    for _ in $(seq 300); do [[ -d "/proc/$pid" ]] || return 0; sleep 0.2; done
    cat "$work/$1.log"
    return 1
}
# A folder that the image's user owns, as a new volume is.
volume() { mkdir -p "$work/$1"; chown 1654:1654 "$work/$1"; }
chmod 755 "$work"
for folder in runs keys data silo-runs; do volume "$folder"; done

no_shell() {
    local image mounted
    for image in granary-silo granary; do
        mounted="$(build mount "$(build from --pull-never "$image")")"
        for program in sh bash dash busybox apt dpkg; do
            if [[ -e "$mounted/bin/$program" || -e "$mounted/usr/bin/$program" ]]; then echo "$image has $program"; return 1; fi
        done
        # Nothing but the folders of volumes belongs to the user of the image.
        if find "$mounted" -xdev -uid 1654 ! -path '*/home/app*' ! -path "$mounted/runs" ! -path "$mounted/data" ! -path "$mounted/keys" | grep .; then
            echo "these files of $image belong to its user"
            return 1
        fi
    done
}
labels() {
    local image
    for image in granary-silo granary; do
        build inspect --type image "$image" | python3 -c '
import json, sys
config = json.load(sys.stdin)["Docker"]["config"]
labels = {name.split("org.opencontainers.image.")[-1]: value for name, value in config["Labels"].items()}
assert config["User"] == "1654", config["User"]
assert labels["title"] == sys.argv[1] and labels["licenses"] == "MIT" and labels["version"] == sys.argv[2], labels
assert labels["revision"] == sys.argv[3] and labels["created"], labels
print(labels)' "$image" "$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")" "$revision" || return 1
    done
}
# Both files together list the packages of docs/licences.md.
bill() {
    GRANARY_BUILT=1 "$root/infra/sbom.sh" "$work/bom"
    python3 - "$root/docs/licences.md" "$work"/bom/*.cdx.json <<'PYTHON'
import json, re, sys
page = set(re.findall(r"^\| ([^ |]+) \| (\d[^ |]*) \|", open(sys.argv[1]).read(), re.MULTILINE))
bills = [json.load(open(name))["components"] for name in sys.argv[2:]]
listed = {("/".join(filter(None, (part.get("group"), part["name"]))), part["version"]) for bill in bills for part in bill}
assert listed == page, f"only in the bills: {sorted(listed - page)}; only in docs/licences.md: {sorted(page - listed)}"
assert all(part.get("licenses") for bill in bills for part in bill)
PYTHON
}
quickstart() {
    run quickstart granary --volume "$work/runs:/runs" -- quickstart --in /runs --out /runs/first | tee "$work/quickstart.out"
    grep -q "$digest" "$work/quickstart.out"
}
# OpenMP is in no package of the base image.
lightgbm() {
    { echo "x,y,up"; for i in $(seq 300); do echo "$((i * 37 % 101)),$((i * 53 % 97)),$(((i * 37 % 101) > 50))"; done; } >"$work/runs/features.csv"
    run lightgbm granary --volume "$work/runs:/runs" -- learn /runs/features.csv --label up --trainer mlnet-lightgbm
}
keys() {
    run keys granary --volume "$work/keys:/keys" -- keys add operator --role admin --file /keys/keys.json | tee "$work/key.out"
    grep -oE '[A-Za-z0-9_-]{40,}' "$work/key.out" | head -1 >"$work/key"
    [[ -s "$work/key" ]]
}
server() {
    local port page
    port="$(unused_port)"
    start server granary --volume "$work/runs:/runs" --volume "$work/data:/data" --volume "$work/keys:/keys:ro" --env "GRANARY_URLS=http://127.0.0.1:$port" \
        -- serve --urls "http://127.0.0.1:$port" --runs /runs --data /data --keys /keys/keys.json
    healthy server
    curl -fsS "http://127.0.0.1:$port/" | grep -q 'id="app"'
    page="$(curl -sS -o /dev/null -w '%{http_code}' -L "http://127.0.0.1:$port/docs/")"
    [[ ! -f "$root/site/served/index.html" || "$page" == 200 ]]
    [[ "$(curl -sS -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/api/v1/jobs")" == 401 ]]
    stop server
}
silo() {
    local port cluster=()
    port="$(unused_port)"
    # Npgsql looks for the library of Kerberos, which the image does not have.
    [[ -z "${GRANARY_TEST_POSTGRES:-}" ]] || cluster=(--env GRANARY_CLUSTERING=postgres --env "GRANARY_CLUSTER_ID=images" --env
        "GRANARY_CONNECTION=Host=127.0.0.1;Port=$GRANARY_TEST_POSTGRES;Username=granary;Password='$pg_password';Database=postgres")
    start silo granary-silo --volume "$work/silo-runs:/runs" --volume "$root/samples/data:/data:ro" --volume "$work/keys:/keys:ro" \
        --env "GRANARY_URLS=http://127.0.0.1:$port" --env GRANARY_KEYS=/keys/keys.json --env "GRANARY_SILO_PORT=$(unused_port)" \
        --env "GRANARY_GATEWAY_PORT=$(unused_port)" "${cluster[@]}"
    healthy silo
    sed 's#csv:data/1h#csv:/data/1h#' "$root/samples/quickstart.json" >"$work/runs/quickstart.json"
    run client granary --volume "$work/runs:/runs" --env "GRANARY_KEY=$(cat "$work/key")" \
        -- backtest /runs/quickstart.json --host "http://127.0.0.1:$port" --json --out /runs/of-silo | tee "$work/silo.out"
    grep -q "$digest" "$work/silo.out"
    stop silo
}
# Its client loads, and there is no broker.
kafka() {
    ! run kafka granary-silo --volume "$work/silo-runs:/runs" --env GRANARY_URLS=http://127.0.0.1:0 -- --streams kafka --kafka 127.0.0.1:1 \
        --silo-port "$(unused_port)" --gateway-port "$(unused_port)" --start-timeout 20 >"$work/kafka.out" 2>&1 || return 1
    cat "$work/kafka.out"
    grep -q "Kafka at 127.0.0.1:1 did not answer" "$work/kafka.out"
}

check "neither image has a shell or a package manager, and their user owns only the folders of volumes" no_shell
check "the images name their version, commit and licence" labels
check "the bills of materials list the packages of the licences" bill
check "the image of the single server runs the quickstart with the digest of the repository" quickstart
check "LightGBM loads in the image" lightgbm
check "an operator makes a key with the image" keys
check "the single server passes its health check, shows the dashboard, refuses calls without a key and stops on SIGTERM" server
check "the silo passes its health check, gives the digest of the quickstart over HTTP and stops on SIGTERM" silo
check "the silo loads the client of Kafka" kafka

echo "sizes of the images with the local base, MB:"
build images --format '{{.Name}} {{.Size}}' | grep -E 'granary|chiseled' | sort -u | sed 's/^/  /'
