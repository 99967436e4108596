#!/bin/sh
# make-template.sh ROOT TEMPLATE: a new data directory with the extension made, stopped cleanly. Run as the account that will own it.
set -e
bin=$1/usr/lib/postgresql/18/bin; data=$2
# Single-user mode: no socket, so nobody else can reach the server meanwhile.
"$bin/initdb" -D "$data" -U postgres -A trust --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C -E UTF8 --no-sync --no-instructions >/dev/null
cat >>"$data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_permissions = 0700
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'
cron.database_name = 'postgres'
cron.use_background_workers = on
cron.log_run = off
cron.log_statement = off
documentdb.useFileBasedPersistedCursors = on
documentdb.defaultCursorExpiryTimeLimitSeconds = 660
max_worker_processes = 20
max_connections = 100
deadlock_timeout = 50ms
jit = off
logging_collector = off
log_min_messages = warning
CONF
echo 'CREATE EXTENSION documentdb CASCADE;' | "$bin/postgres" --single -j -D "$data" postgres >"$data/template.log" 2>&1 || { cat "$data/template.log" >&2; exit 1; }
# The single-user backend goes on after an error and still exits with 0.
if grep -E 'ERROR|FATAL|PANIC' "$data/template.log" >&2; then exit 1; fi
