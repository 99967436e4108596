#!/usr/bin/env bash
# Installs what the tests need beside .NET and Node.js; what is there already is left alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=()
[ -n "${CHROME:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || packages+=(chromium)
command -v strace >/dev/null || packages+=(strace)
if [ ${#packages[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || { echo "install.sh: please install ${packages[*]} with this system's packager" >&2; exit 1; }
  root=(); [ "$(id -u)" = 0 ] || root=(sudo)
  echo "install.sh: installing ${packages[*]}" >&2
  log=$(mktemp)
  { "${root[@]}" apt-get -q update && "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${packages[@]}"; } >"$log" 2>&1 ||
    { tail -20 "$log" >&2; echo "install.sh: ${packages[*]} could not be installed" >&2; exit 1; }
  rm -f "$log"
fi

# The lock file's date is compared, so that a warm run costs nothing.
if [ ! -e node_modules/.installed ] || [ package-lock.json -nt node_modules/.installed ]; then
  npm ci --silent
  touch node_modules/.installed
fi
