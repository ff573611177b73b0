#!/usr/bin/env bash
# Breaks the system on purpose, one small patch after the other, and says what sees it:
# a table of mutants, and the seed or test that caught each. The last line counts.
#
# usage: build/mutants.sh [--seeds N] [NAME...]
#
# The patches are tests/Simulation/Mutants/*.patch; their first line says what is broken.
# Each is applied to this checkout, which must be clean, the one assembly that it changes is
# built and put beside the simulation, and N seeds are run (1000 by default). Where the line
# says "Suite: tests/X" the tests of that project are run instead. Everything is put back.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seeds=1000
names=()
while [ $# -gt 0 ]; do
  case $1 in
    --seeds) seeds=${2:?--seeds needs a number}; shift 2 ;;
    -h | --help) sed -n '2,/^set -e/{/^#/s/^# \{0,1\}//p}' build/mutants.sh; exit 0 ;;
    *) names+=("$1"); shift ;;
  esac
done
[ -z "$(git status --porcelain)" ] || { echo "this checkout has changes: commit or stash them first" >&2; exit 2; }

simulation=tests/Simulation/Deterministic
framework=bin/Release/net10.0
log=$(mktemp)
applied=

put_back() {
  if [ -n "$applied" ]; then git apply -R "$applied"; applied=; fi
  if [ -f "$log.dll" ]; then
    for copy in "${copies[@]}"; do cp "$log.dll" "$copy"; done
    rm -f "$log.dll"
  fi
}
trap 'put_back; rm -f "$log"' EXIT

project_of() { # project_of FILE: the project that a file is compiled into
  local folder
  folder=$(dirname "$1")
  while [ "$folder" != . ]; do
    if compgen -G "$folder/*.csproj" >/dev/null; then compgen -G "$folder/*.csproj"; return; fi
    folder=$(dirname "$folder")
  done
}

# Prints what caught the mutant; fails where nothing did.
run_suite() { # run_suite FOLDER
  if [ "$1" = "$simulation" ]; then
    if dotnet "$simulation/$framework/ReleaseIntegrity.Simulation.Deterministic.dll" run --seeds "$seeds" --no-shrink >"$log" 2>&1; then return 1; fi
    grep -m1 -E '^[0-9]+  ' "$log" | sed -E 's/^([0-9]+)  ([^:]*):.*/seed \1: \2/' || tail -n 1 "$log"
  else
    if dotnet test "$1" -c Release --no-build --nologo >"$log" 2>&1; then return 1; fi
    grep -m1 -E '^\s*Failed ' "$log" | sed -E 's/^\s*Failed +([^ (]*).*/\1/' || tail -n 1 "$log"
  fi
}

patches=()
for patch in tests/Simulation/Mutants/*.patch; do
  if [ ${#names[@]} -eq 0 ] || [[ " ${names[*]} " == *" $(basename "$patch" .patch) "* ]]; then patches+=("$patch"); fi
done
suites=$(for patch in "${patches[@]}"; do head -n 1 "$patch"; done | sed -nE 's/.*Suite: ([^ ]+).*/\1/p' | sort -u)
for suite in "$simulation" $suites; do
  dotnet build "$suite" -c Release -v q --nologo >"$log" 2>&1 || { tail -n 20 "$log"; exit 2; }
done
caught=0 survived=0
printf '| mutant | what is broken | caught by |\n| --- | --- | --- |\n'
for patch in "${patches[@]}"; do
  name=$(basename "$patch" .patch)
  what=$(head -n 1 "$patch")
  suite=$(sed -nE '1s/.*Suite: ([^ ]+).*/\1/p' "$patch")
  suite=${suite:-$simulation}
  project=$(project_of "$(sed -n 's|^+++ b/||p' "$patch" | head -n 1)")
  assembly=$(basename "$project" .csproj).dll
  built=$(dirname "$project")/$framework/$assembly
  copies=("$built" "$suite/$framework/$assembly")
  cp "$built" "$log.dll"
  git apply "$patch"
  applied=$patch
  if dotnet build "$project" -c Release -v q --nologo --no-restore -p:BuildProjectReferences=false -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false >"$log" 2>&1; then
    cp "$built" "$suite/$framework/$assembly"
    if by=$(run_suite "$suite"); then caught=$((caught + 1)); else by='**nothing**' survived=$((survived + 1)); fi
  else
    by="does not compile: $(grep -m1 error "$log" | sed 's/.*error/error/; s/\[.*//')" survived=$((survived + 1))
  fi
  put_back
  printf '| %s | %s | %s |\n' "$name" "${what%% Suite:*}" "$by"
done
echo "$caught caught, $survived survived"
[ "$survived" -eq 0 ]
