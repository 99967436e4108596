#!/usr/bin/env bash
# Random jobs under random faults on two dashboards with one database, for so many hours (a part of one will do): tests/soak.sh 72
#   FAULTS_SEED=n  repeats the jobs and faults of a run that failed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -eq 1 ] || { echo "usage: tests/soak.sh HOURS" >&2; exit 2; }
tests/install.sh
dotnet build tests/Dashboard.EndToEnd.Tests --verbosity quiet
SOAK=$1 exec artifacts/bin/Dashboard.EndToEnd.Tests/debug/Dashboard.EndToEnd.Tests -class '*.SoakTests' -showLiveOutput -noLogo
