#!/usr/bin/env bash
# Runs on a real SQL Server what other runs check without one: every migration, the contract suites of every store, the
# binding race, the stress of eight writers on fifty tuples, and the end-to-end suite of the distributed mode.
#
# usage: build/test-sqlserver.sh 'CONNECTION STRING'
#        build/test-sqlserver.sh --docker             in a container, where Docker can pull the image
#        build/test-sqlserver.sh --list               what it would run; needs no server
#
# The connection string is that of an administrator who may create databases and logins; each test makes its own and
# drops them. The server needs mixed authentication. Example:
#   build/test-sqlserver.sh 'Server=localhost,1433;User ID=sa;Password=...;TrustServerCertificate=True'
#
# The end-to-end suite needs rabbitmq-server on this machine as well.
# Exit codes: 0 everything ran and passed, 1 something failed or did not run, 2 bad usage, 3 the server can't be used.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,/^set -e/{/^#/s/^# \{0,1\}//p}' "build/test-sqlserver.sh"; }

# PROJECT FILTER: what runs, and which of its tests are the server's.
suites=(
  'SqlServer FullyQualifiedName~ReleaseIntegrity'
  'StoreContracts FullyQualifiedName~SqlServer_'
  'Collectors FullyQualifiedName~SqlServer_'
  'Reconciler FullyQualifiedName~SqlServer_'
  'Handoff FullyQualifiedName~SqlServer_'
  'Hosting FullyQualifiedName~SqlServer_'
  'Distributed FullyQualifiedName~ReleaseIntegrity'
)

# Read by the tests' fixture; where it is required and does not answer, tests fail rather than skip.
case ${1:-} in
  '') usage >&2; exit 2 ;;
  -h | --help) usage; exit 0 ;;
  --list) list=1 ;;
  --docker) unset RELEASE_INTEGRITY_TEST_SQLSERVER ;;
  -*) echo "there is no option $1" >&2; usage >&2; exit 2 ;;
  *=*) export RELEASE_INTEGRITY_TEST_SQLSERVER=$1 ;;
  *) echo 'that is no connection string: it has no KEY=VALUE' >&2; usage >&2; exit 2 ;;
esac
[ $# -eq 1 ] || { echo 'one argument only: put the connection string into quotes' >&2; exit 2; }

export REQUIRE_SQLSERVER=1 REQUIRE_BROKER=1 DISTRIBUTED_STORE=sqlserver
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

for suite in "${suites[@]}"; do
  dotnet build "tests/${suite%% *}" -c Release -v q --nologo >"$results/build.log" || { cat "$results/build.log" >&2; exit 1; }
done

if [ -n "${list:-}" ]; then
  for suite in "${suites[@]}"; do
    echo "tests/${suite%% *}"
    dotnet test "tests/${suite%% *}" -c Release --no-build --list-tests --filter "${suite#* }" | sed -n 's/^    ReleaseIntegrity/  ReleaseIntegrity/p'
  done
  exit 0
fi

# One test first that needs nothing but the server: where that can't be had, the others need not wait for it one by one.
if ! dotnet test tests/StoreContracts -c Release --no-build --filter 'FullyQualifiedName~SqlServer_is_there' >"$results/first.log" 2>&1; then
  grep -m 1 -A 3 'Error Message' "$results/first.log" | sed 1d >&2 || cat "$results/first.log" >&2
  echo 'the server can not be used: check the connection string, that the server is up, and that the login may create databases and logins' >&2
  exit 3
fi

failed=0
for suite in "${suites[@]}"; do
  project=${suite%% *}
  dotnet test "tests/$project" -c Release --no-build --filter "${suite#* }" --results-directory "$results" \
    --logger "trx;LogFileName=$project.trx" --logger 'console;verbosity=minimal' || failed=1

  # A suite that was not found has checked nothing, and neither has a test that was skipped for want of a server.
  counters=$(grep -ho '<Counters [^>]*' "$results/$project.trx" || true)
  case $counters in
    *'executed="0"'* | '') echo "tests/$project: no test ran on SQL Server" >&2; failed=1 ;;
  esac
  if grep -q 'no SQL Server\|rabbitmq-server is missing' "$results/$project.trx"; then
    echo "tests/$project: tests were skipped for want of a server" >&2
    failed=1
  fi
done

exit "$failed"
