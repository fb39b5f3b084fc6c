# Sourced by test.sh and by scripts that need a PostgreSQL server: starts one from the programs of this machine, on loopback only. Every user needs
# a password, as in production; tests connect as the role granary, which owns the databases and has no rights of a superuser (PostgresServer.cs).
# It flushes nothing to the disk, since no test crashes the machine.

pg_bin=""
pg_folder=""
pg_port=""
pg_password='p@ss:w/rd;1%'

# Sets $pg_bin; fails where PostgreSQL's server programs are not installed.
find_postgres() {
  local candidate
  for candidate in $(command -v pg_ctl 2>/dev/null || true) /usr/lib/postgresql/*/bin/pg_ctl; do [[ -x "$candidate" ]] && pg_bin="$(dirname "$candidate")"; done
  [[ -n "$pg_bin" ]]
}

# PostgreSQL refuses to run as root, so root runs it as the user postgres.
as_owner() { if [[ $EUID -eq 0 ]]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }

# An unused port of this machine. Python is not needed: bash asks the kernel by trying.
unused_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# start_postgres FOLDER: an empty server in that folder, which must not exist; sets $pg_folder and $pg_port. A database is a thousand files: on a
# disk a server takes nine times the processor time to make one. So where the file system in memory has 4 GB, the server is there instead.
start_postgres() {
  pg_folder="$1"
  local memory
  memory="$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)"
  if ((${memory:-0} >= 4 << 20)); then pg_folder="$(mktemp -d /dev/shm/granary-pg-XXXXXX)"
  else mkdir "$pg_folder"; fi
  [[ $EUID -eq 0 ]] && chown postgres: "$pg_folder"
  local secret
  secret="$(mktemp)"
  printf %s "$pg_password" >"$secret"
  [[ $EUID -eq 0 ]] && chown postgres: "$secret"
  as_owner "$pg_bin/initdb" -D "$pg_folder" -A scram-sha-256 --pwfile="$secret" -U postgres --encoding=UTF8 --locale=C --no-sync >/dev/null || return 1
  rm -f "$secret"
  pg_port="$(unused_port)"
  as_owner "$pg_bin/pg_ctl" -D "$pg_folder" -w -l "$pg_folder/log" \
    -o "-p $pg_port -k $pg_folder -c listen_addresses=127.0.0.1 -c max_connections=400 -c fsync=off -c full_page_writes=off -c jit=off" start >/dev/null || return 1
  PGPASSWORD="$pg_password" "$pg_bin/psql" -h 127.0.0.1 -p "$pg_port" -U postgres -d postgres -X -q -v ON_ERROR_STOP=1 \
    -c "CREATE ROLE granary LOGIN PASSWORD '$pg_password'" -c "ALTER DATABASE postgres OWNER TO granary"
}

stop_postgres() {
  [[ -n "$pg_folder" && -d "$pg_folder" ]] || return 0
  as_owner "$pg_bin/pg_ctl" -D "$pg_folder" -m immediate stop >/dev/null 2>&1 || true
  [[ "$pg_folder" != /dev/shm/* ]] || rm -rf "$pg_folder"
}
