#!/usr/bin/env bash
# A PostgreSQL for the tests and benchmarks: `start_postgres` prints a DATABASE_URL.
# A cluster of our own under .pg/, on a port of its own, so that no other server is touched.

start_postgres() {
  local root port bin user run
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  port=${GONGMAI_PG_PORT:-54329}
  if [ -z "$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null)" ]; then
    local apt=(env DEBIAN_FRONTEND=noninteractive)
    [ "$(id -u)" = 0 ] || apt=(sudo env DEBIAN_FRONTEND=noninteractive)
    "${apt[@]}" apt-get update -qq >&2
    "${apt[@]}" apt-get install -y -qq postgresql postgresql-contrib >/dev/null
  fi
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  run=/tmp/gongmai-pg-$port
  if ! "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; then
    user=$(id -un); local as=()
    if [ "$user" = root ]; then as=(runuser -u postgres --); fi   # the server refuses to run as root
    rm -rf "$run"; mkdir -p "$run"
    [ "$user" = root ] && chown postgres "$run"
    (cd / && "${as[@]}" "$bin/initdb" -D "$run/data" -U gongmai -A trust -E UTF8 --locale=C.UTF-8) >/dev/null
    printf "port=%s\nlisten_addresses='127.0.0.1'\nunix_socket_directories='%s'\nmax_connections=200\nshared_buffers=256MB\n" \
      "$port" "$run" >> "$run/data/postgresql.conf"
    (cd / && "${as[@]}" "$bin/pg_ctl" -D "$run/data" -l "$run/log" -w start) >/dev/null
  fi
  "$bin/psql" -q -h 127.0.0.1 -p "$port" -U gongmai -d postgres -tc "SELECT 1 FROM pg_database WHERE datname='gongmai'" \
    | grep -q 1 || "$bin/createdb" -h 127.0.0.1 -p "$port" -U gongmai gongmai
  echo "postgres://gongmai@127.0.0.1:$port/gongmai"
}
