#!/usr/bin/env bash
# Builds everything and runs every test project. The last line counts the tests:
#   N passed, N failed, N skipped
#
# usage: build/test.sh [--filter EXPR] [--results DIR] [--browser] [--no-install]
#
#   --filter EXPR   run only the tests that match (as for `dotnet test --filter`)
#   --results DIR   keep the .trx files in DIR
#   --browser       install a browser too (so does REQUIRE_BROWSER=1)
#   --no-install    install nothing, use what is there
#
# REQUIRE_BROKER=1 and REQUIRE_BROWSER=1 turn the tests that need a broker or a
# browser from skipped into failed where there is none. TEST_PROJECT_TIMEOUT
# is the longest time, in seconds, that one test project may take.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

SOLUTION=Microservices.sln
CONFIGURATION=Release
PACKAGES=(rabbitmq-server docker-registry skopeo iproute2 gcc libc6-dev)
BROWSER_PACKAGES=(chromium)

filter=
results=
install=1
browser=${REQUIRE_BROWSER:-0}

usage() { sed -n '2,/^set -e/{/^#/s/^# \{0,1\}//p}' "build/test.sh"; }

while [ $# -gt 0 ]; do
  case $1 in
    --filter) filter=${2:?--filter needs an expression}; shift 2 ;;
    --filter=*) filter=${1#*=}; shift ;;
    --results) results=${2:?--results needs a folder}; shift 2 ;;
    --results=*) results=${1#*=}; shift ;;
    --browser) browser=1; shift ;;
    --no-install) install=0; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "unknown option: $1" >&2; usage >&2; exit 2 ;;
  esac
done

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
if [ "${CI:-}" = true ]; then
  # No compiler or build node may outlive the run.
  export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
fi

started=$SECONDS
passed=0 failed=0 skipped=0
policy=/usr/sbin/policy-rc.d
own_policy=0
lane=
work=$(mktemp -d)

cleanup() {
  if [ -n "$lane" ]; then
    pkill -P "$lane" 2>/dev/null || true
    kill "$lane" 2>/dev/null || true
  fi
  if [ "$own_policy" = 1 ]; then rm -f "$policy"; fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

: >"$work/failed"
: >"$work/skipped"

step() { printf '\n== %s\n' "$*"; }

# One more failure that no test result file tells of.
add_failure() {
  failed=$((failed + 1))
  printf '%s\n' "$1" >>"$work/failed"
}

finish() {
  if [ -s "$work/skipped" ]; then step "skipped"; cat "$work/skipped"; fi
  if [ -s "$work/failed" ]; then step "failed"; cat "$work/failed"; fi
  local took=$((SECONDS - started))
  printf '\ntook %dm %02ds\n' $((took / 60)) $((took % 60))
  local code=0
  if [ "$failed" -gt 0 ]; then
    code=1
  elif [ "$passed" -eq 0 ]; then
    echo "no test passed"
    code=1
  fi
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  exit "$code"
}

give_up() {
  add_failure "$1"
  finish
}

# --- What the tests need besides the SDK --------------------------------------

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

install_missing() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
  local wanted=("${PACKAGES[@]}") missing=() package
  if [ "$browser" = 1 ]; then wanted+=("${BROWSER_PACKAGES[@]}"); fi
  for package in "${wanted[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then return 0; fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "not root, so not installed: ${missing[*]}"
    return 0
  fi

  step "install ${missing[*]}"
  # The tests start servers of their own: keep the packages from starting theirs.
  if [ ! -e "$policy" ]; then
    own_policy=1
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  local log=$work/apt.log
  if ! { DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 update &&
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 \
      -o Dpkg::Options::=--force-confold --no-install-recommends install "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log"
    give_up "could not install ${missing[*]}"
  fi
  if [ "$own_policy" = 1 ]; then
    rm -f "$policy"
    own_policy=0
  fi
}

if [ "$install" = 1 ]; then install_missing; fi

# --- Build ----------------------------------------------------------------------

step "build"
dotnet build "$SOLUTION" -c "$CONFIGURATION" -warnaserror -v minimal </dev/null ||
  give_up "the build of $SOLUTION"

# --- Test -----------------------------------------------------------------------

attribute() { # attribute NAME LINE: the number that an XML attribute holds, else 0
  local value
  value=$(printf '%s' "$2" | sed -n "s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p")
  echo "${value:-0}"
}

# Prints the tests of a trx file that have one of the outcomes, each with the
# first line of its message.
names_with_outcome() { # names_with_outcome REGEX FILE
  awk -v wanted="^($1)\$" '
    function attr(line, name,   at, rest) {
      at = index(line, " " name "=\"")
      if (!at) return ""
      rest = substr(line, at + length(name) + 3)
      return substr(rest, 1, index(rest, "\"") - 1)
    }
    function plain(s) {
      gsub(/&#x[DdAa];/, " ", s)
      gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s)
      gsub(/&quot;/, "\"", s); gsub(/&apos;/, "\047", s)
      gsub(/&amp;/, "\\&", s)
      return s
    }
    function flush() {
      if (name == "") return
      print plain(message == "" ? name : name ": " message)
      name = ""
    }
    { sub(/\r$/, "") }
    /<UnitTestResult / {
      flush()
      message = ""
      in_message = 0
      if (attr($0, "outcome") ~ wanted) name = attr($0, "testName")
    }
    name != "" && message == "" && /<Message>/ { sub(/.*<Message>/, ""); in_message = 1 }
    in_message {
      text = $0
      ends = sub(/<\/Message>.*/, "", text)
      gsub(/^[ \t]+|[ \t]+$/, "", text)
      if (message == "" && text != "") message = text
      if (ends || message != "") in_message = 0
    }
    /<\/UnitTestResult>/ || /<UnitTestResult .*\/>/ { flush() }
    END { flush() }
  ' "$2"
}

# Runs a project's tests; leaves its output in log/NAME, its results in trx/NAME, how it ended in code/NAME.
run_project() {
  local project=$1 name code=0
  name=$(basename "$project" .csproj)
  mkdir -p "$work/trx/$name"
  local command=(dotnet test "$project" --no-build -c "$CONFIGURATION"
    --results-directory "$work/trx/$name" --logger "trx;LogFileName=$name.trx")
  if [ -n "$filter" ]; then command+=(--filter "$filter"); fi
  if command -v timeout >/dev/null; then
    command=(timeout -k 30 "${TEST_PROJECT_TIMEOUT:-1800}" "${command[@]}")
  fi
  step "test $name" >"$work/log/$name"
  "${command[@]}" </dev/null >>"$work/log/$name" 2>&1 || code=$?
  echo "$code" >"$work/code/$name"
  cat "$work/log/$name"
}

run_projects() { # run_projects PROJECT...: one after the other
  local project
  for project in "$@"; do run_project "$project"; done
}

count_project() {
  local name code trx counters total ok bad found=0 bad_here=0
  name=$(basename "$1" .csproj)
  code=$(cat "$work/code/$name" 2>/dev/null || echo 130)
  while IFS= read -r -d '' trx; do
    counters=$(grep -o '<Counters [^>]*>' "$trx" | head -n 1 || true)
    if [ -z "$counters" ]; then continue; fi
    found=1
    total=$(attribute total "$counters")
    ok=$(attribute passed "$counters")
    bad=$(($(attribute failed "$counters") + $(attribute error "$counters") + \
      $(attribute timeout "$counters") + $(attribute aborted "$counters")))
    passed=$((passed + ok))
    failed=$((failed + bad))
    bad_here=$((bad_here + bad))
    # `notExecuted` stays 0 for tests that were skipped: they are what is left.
    skipped=$((skipped + total - ok - bad))
    names_with_outcome 'Failed|Error|Timeout|Aborted' "$trx" >>"$work/failed"
    names_with_outcome 'NotExecuted|Inconclusive|NotRunnable' "$trx" >>"$work/skipped"
    if [ -n "$results" ]; then
      mkdir -p "$results"
      cp "$trx" "$results/"
    fi
  done < <(find "$work/trx/$name" -name '*.trx' -print0)

  if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
    add_failure "$name: ended after ${TEST_PROJECT_TIMEOUT:-1800} s, or killed"
  elif [ "$code" -ne 0 ] && [ "$bad_here" -eq 0 ]; then
    add_failure "$name: the run ended with code $code, but no test of it failed"
  elif [ "$found" -eq 0 ] && [ -z "$filter" ]; then
    add_failure "$name: the run left no results"
  fi
}

projects=()
if [ -d tests ]; then
  while IFS= read -r project; do
    if [[ $project == *Tests.csproj ]] || grep -q 'Microsoft\.NET\.Test\.Sdk' "$project"; then
      projects+=("$project")
    fi
  done < <(find tests -name '*.csproj' -not -path '*/bin/*' -not -path '*/obj/*' | LC_ALL=C sort)
fi

# Two at a time, since much of the longest ones is waiting for processes. Those go one after the other, so that no two of
# them start brokers at once.
mkdir -p "$work/log" "$work/code"
starting=() others=()
for project in ${projects[@]+"${projects[@]}"}; do
  case $project in
    */Broker/* | */Distributed/* | */EndToEnd/* | */Hosting/*) starting+=("$project") ;;
    *) others+=("$project") ;;
  esac
done
run_projects ${starting[@]+"${starting[@]}"} &
lane=$!
run_projects ${others[@]+"${others[@]}"}
wait "$lane"
lane=
for project in ${projects[@]+"${projects[@]}"}; do
  count_project "$project"
done

finish
