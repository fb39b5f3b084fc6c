#!/usr/bin/env bash
# Builds the root file system of the silo's image from the last stage of the Dockerfile, as far as this machine has what it
# names, and runs the silo in it as the image's user. The base image is the .NET of this machine with the packages that Microsoft's image has.
#   image.sh DOCKERFILE APP ARGUMENT…
# APP is the folder with the built silo. The file system ends with the script.
# Exit code 77, with the reason, where this machine cannot build it; else that of the silo.
set -euo pipefail
dockerfile="$1" app="$2"; shift 2
cannot() { echo "$1"; exit 77; }
[[ "$(id -u)" == 0 ]] || cannot "needs root for a chroot"
command -v dpkg-query >/dev/null || cannot "needs dpkg, whose packages the Dockerfile names"
unshare -m true 2>/dev/null || cannot "needs a mount namespace of its own (unshare -m)"
dotnet="$(dirname "$(readlink -f "$(command -v dotnet)")")"

# The last stage, continued lines joined.
stage="$(sed -e ':a' -e '/\\$/N; s/\\\n/ /; ta' "$dockerfile" | tac | sed '/^FROM /q' | tac)"
read -ra installed <<<"$(grep -oP '(?<=--no-install-recommends ).*?(?= &&|$)' <<<"$stage" | tr '\n' ' ')"
user="$(grep -oP '(?<=^ARG APP_UID=)\d+' <<<"$stage")"
mapfile -t environment < <(grep -P '^ENV ' <<<"$stage" | sed 's/^ENV //' | grep -oP '\w+=\S*')

# A package and what it depends on.
declare -A wanted=()
want() {
  local package depends
  for package in "$@"; do
    [[ -n "${wanted[$package]:-}" ]] && continue
    dpkg-query -W "$package" >/dev/null 2>&1 || cannot "the package $package is not installed here"
    wanted[$package]=1
    depends="$(dpkg-query -W -f='${Depends}, ${Pre-Depends}' "$package" | tr ',' '\n' \
      | sed -E 's/\|.*//; s/^ +//; s/[ :(].*//' | grep -E '^(lib|zlib)' || true)"
    # shellcheck disable=SC2086
    [[ -z "$depends" ]] || want $depends
  done
}
icu="$(dpkg-query -W -f='${Package}\n' 'libicu[0-9]*' 2>/dev/null | grep -E '^libicu[0-9]+$' | head -1)"
[[ -n "$icu" ]] || cannot "needs ICU, which the base image has"
want libc6 libgcc-s1 libstdc++6 libssl3 "$icu" "${installed[@]}"

root="$(mktemp -d)"
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
mkdir -p "$root"/{usr/lib,usr/lib64,etc,proc,dev,app,data,runs,usr/share/dotnet}
mkdir -m 1777 "$root/tmp"
ln -s usr/lib "$root/lib"; ln -s usr/lib64 "$root/lib64"
for package in "${!wanted[@]}"; do
  while read -r file; do
    [[ -f "$file" || -L "$file" ]] || continue
    mkdir -p "$root$(dirname "$file")"
    cp -a "$file" "$root$file"
  done < <(dpkg -L "$package" | grep -E '\.so(\.|$)')
done
echo "silo:x:$user:$user::/:/bin/false" > "$root/etc/passwd"
mknod -m 666 "$root/dev/null" c 1 3 2>/dev/null || : > "$root/dev/null"
mknod -m 666 "$root/dev/urandom" c 1 9 2>/dev/null || true
chown "$user:$user" "$root/runs"

export root dotnet app user
status=0
unshare -m bash -c '
  set -e
  mount -t proc proc "$root/proc"
  mount --bind "$dotnet" "$root/usr/share/dotnet"
  mount --bind "$app" "$root/app"
  variables=(); while [[ "$1" != -- ]]; do variables+=("$1"); shift; done; shift
  exec env -i HOME=/tmp "${variables[@]}" "$(command -v chroot)" --userspec="$user:$user" "$root" \
    /usr/share/dotnet/dotnet /app/granary-silo.dll "$@"
' image "${environment[@]}" -- "$@" || status=$?
exit $status
