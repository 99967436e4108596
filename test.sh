#!/usr/bin/env bash
# Installs what the tests need, builds, checks the formatting and runs every test.
# The last line is the total over all test projects: N passed, N failed, N skipped
#   TEST_MONGODB=mongodb://…  runs them on that server instead of the built-in one
#   FAULTS=full               runs the fault tests in full, which takes hours
#   ./test.sh Name …          runs only the test projects whose names contain one of the words
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The tests start hundreds of processes that live for seconds: what the runtime would learn of them costs a tenth of their time and never pays.
export DOTNET_TieredPGO=0
# For the same reason the runtime waits two seconds (it reads hexadecimal), not a tenth of one, for a quiet moment before it compiles what is called often a second time.
export DOTNET_TC_CallCountingDelayMs=7D0

tests/install.sh || exit 1
dotnet restore Dashboard.sln --locked-mode --verbosity quiet || exit 1
dotnet build Dashboard.sln --no-restore --verbosity quiet || exit 1
dotnet format Dashboard.sln --verify-no-changes --no-restore || { echo "test.sh: run 'dotnet format Dashboard.sln' and commit what it changes" >&2; exit 1; }

# The processes that the tests kill leave their files in the temporary folder, so this run has one of its own.
TMPDIR=$(mktemp -d) || exit 1
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

results=artifacts/test-results
rm -rf "$results"; mkdir -p "$results"
passed=0 failed=0 skipped=0
count() { sed -n "s/.*<assembly [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

for project in tests/*.Tests/; do
  name=$(basename "$project")
  if [ $# -gt 0 ]; then
    wanted=
    for word in "$@"; do case $name in *"$word"*) wanted=yes ;; esac; done
    [ -n "$wanted" ] || continue
  fi
  echo "== $name"
  # Whoever starts this in the background has Ctrl+C ignored, and a process keeps that; the tests press it.
  env --default-signal=INT "artifacts/bin/$name/debug/$name" -noLogo -noColor -result-xml "$results/$name.xml" </dev/null || true
  if [ -s "$results/$name.xml" ]; then
    passed=$((passed + $(count "$results/$name.xml" passed)))
    failed=$((failed + $(count "$results/$name.xml" failed) + $(count "$results/$name.xml" errors)))
    skipped=$((skipped + $(count "$results/$name.xml" skipped)))
  else
    echo "test.sh: $name ended without a result" >&2
    failed=$((failed + 1))
  fi
done

# A run that found nothing to run has not passed.
status=0
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
