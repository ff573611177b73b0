#!/usr/bin/env bash
# Runs on a real SQL Server what other runs check without one: the migrations, the contract suites of every store, the
# stress of eight writers on fifty tuples, and the end-to-end suite of the distributed mode.
#
# usage: build/test-sqlserver.sh 'CONNECTION STRING'
#
# The connection string is that of an administrator who may create databases and logins; each test makes its own and
# drops them. The server needs mixed authentication. Example:
#   build/test-sqlserver.sh 'Server=localhost,1433;User ID=sa;Password=...;TrustServerCertificate=True'
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,/^set -e/{/^#/s/^# \{0,1\}//p}' "build/test-sqlserver.sh"; }

case ${1:-} in
  '') usage >&2; exit 2 ;;
  -h | --help) usage; exit 0 ;;
esac

# Read by the tests' fixture; where it is set and does not answer, tests fail rather than skip.
export RELEASE_INTEGRITY_TEST_SQLSERVER=$1 REQUIRE_SQLSERVER=1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

dotnet build Microservices.sln -c Release -v q

failed=0
run() { # PROJECT FILTER
  dotnet test "$1" -c Release --no-build --filter "$2" --results-directory "$results" \
    --logger "trx;LogFileName=$(basename "$1").trx" --logger 'console;verbosity=minimal' || failed=1
}

run tests/SqlServer 'FullyQualifiedName~ReleaseIntegrity'
run tests/StoreContracts 'FullyQualifiedName~SqlServer_'
run tests/Collectors 'FullyQualifiedName~SqlServer_'
run tests/Reconciler 'FullyQualifiedName~SqlServer_'
run tests/Handoff 'FullyQualifiedName~SqlServer_'
run tests/Distributed 'FullyQualifiedName~SqlServer_'

# A suite that was not found has checked nothing, and neither has a test that went without the server.
for project in SqlServer StoreContracts Collectors Reconciler Handoff Distributed; do
  counters=$(grep -ho '<Counters [^>]*' "$results/$project.trx" || true)
  case $counters in
    *'executed="0"'* | '') echo "tests/$project: no test ran on SQL Server" >&2; failed=1 ;;
  esac
done
if grep -l 'no SQL Server' "$results"/*.trx >/dev/null; then
  echo 'tests were skipped for want of the server' >&2
  failed=1
fi

exit "$failed"
