#!/usr/bin/env bash
# Breaks the system on purpose, one small patch after the other, and says what sees it:
# a table of mutants, and the seed or test that caught each. The last line counts.
#
# usage: build/mutants.sh [--seeds N] [--no-build] [NAME...]
#
# The patches are tests/Simulation/Mutants/*.patch; their first line says what is broken.
# The one assembly that a patch changes is compiled from the patched file and put into a copy
# of the simulation, which then runs N seeds (1000 by default), one after the other, so that
# the same seed catches it every time. Where the line says "Suite: tests/X" the tests of that
# project are run instead. Nothing in this checkout changes but what its own build makes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

seeds=1000
build=1
names=()
while [ $# -gt 0 ]; do
  case $1 in
    --seeds) seeds=${2:?--seeds needs a number}; shift 2 ;;
    --no-build) build=; shift ;;
    -h | --help) sed -n '2,/^set -e/{/^#/s/^# \{0,1\}//p}' build/mutants.sh; exit 0 ;;
    *) names+=("$1"); shift ;;
  esac
done

simulation=tests/Simulation/Deterministic
framework=bin/Release/net10.0
csc=$(dotnet --info | sed -n 's/^ *Base Path: *//p')Roslyn/bincore/csc.dll
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

suite_of() { # suite_of PATCH: the project whose run has to catch it
  local suite
  suite=$(sed -nE '1s/.*Suite: ([^ ]+).*/\1/p' "$1")
  echo "${suite:-$simulation}"
}

project_of() { # project_of FILE: the project that a file is compiled into
  local folder
  folder=$(dirname "$1")
  while [ "$folder" != . ]; do
    if compgen -G "$folder/*.csproj" >/dev/null; then compgen -G "$folder/*.csproj"; return; fi
    folder=$(dirname "$folder")
  done
}

# What the compiler is told for a project, one argument a line, asked for once.
arguments_of() { # arguments_of PROJECT
  local file
  file=$work/$(basename "$1").rsp
  if [ ! -f "$file" ]; then
    dotnet msbuild "$1" -noAutoResponse -nr:false "-t:PrepareResources;Compile" -p:Configuration=Release -p:BuildProjectReferences=false \
      -p:SkipCompilerExecution=true -p:ProvideCommandLineArgs=true -p:UseSharedCompilation=false -p:RunAnalyzers=false \
      -getItem:CscCommandLineArgs |
      sed -nE 's/^ *"Identity": "(.*)",?$/\1/p' | while IFS= read -r argument; do printf '%b\n' "$argument"; done |
      grep -vE '^/(noconfig|out:|refout:|doc:|warnaserror)' | sed -E '/"/!s/^(.* .*)$/"\1"/' >"$file"
  fi
  echo "$file"
}

# Compiles the assembly of a patch into a folder; fails where it does not compile.
compile() { # compile PATCH FOLDER
  local file project arguments
  file=$(sed -n 's|^+++ b/||p' "$1" | head -n 1)
  project=$(project_of "$file")
  arguments=$(arguments_of "$project")
  rm -rf "$work/source"
  mkdir -p "$work/source/$(dirname "$file")"
  cp "$file" "$work/source/$file"
  patch -s -d "$work/source" -p1 <"$1"
  local within=${file#"$(dirname "$project")/"}
  grep -vxF "$within" "$arguments" >"$work/mutant.rsp"
  [ "$(wc -l <"$work/mutant.rsp")" -eq "$(($(wc -l <"$arguments") - 1))" ] || { echo "error: $within is not compiled"; return 1; }
  (cd "$(dirname "$project")" && dotnet "$csc" /shared /noconfig "@$work/mutant.rsp" "/out:$2/$(basename "$project" .csproj).dll" "$work/source/$file")
}

# Prints what caught the mutant in a copy of a suite; fails where nothing did.
run_suite() { # run_suite SUITE COPY
  local program
  program=$2/$(basename "$(compgen -G "$1/*.csproj")" .csproj).dll
  if [ "$1" = "$simulation" ]; then
    if dotnet "$program" run --seeds "$seeds" --threads 1 --no-shrink >"$log" 2>&1; then return 1; fi
    grep -m1 -E '^[0-9]+  ' "$log" | sed -E 's/^([0-9]+)  ([^:]*):.*/seed \1: \2/' || grep -m1 Unhandled "$log"
  else
    if dotnet "$program" -noLogo >"$log" 2>&1; then return 1; fi
    grep -m1 -oE '[A-Za-z0-9_.]+(\([^)]*\))? \[FAIL\]' "$log" | sed -E 's/^([A-Za-z0-9_]+\.)*([A-Za-z0-9_]+\.[A-Za-z0-9_]+).*/\2/' || tail -n 1 "$log"
  fi
}

log=$work/log
patches=()
for patch in tests/Simulation/Mutants/*.patch; do
  if [ ${#names[@]} -eq 0 ] || [[ " ${names[*]} " == *" $(basename "$patch" .patch) "* ]]; then patches+=("$root/$patch"); fi
done
for suite in $(for patch in "${patches[@]}"; do suite_of "$patch"; done | sort -u); do
  if [ -n "$build" ]; then dotnet build "$suite" -c Release -v q --nologo >"$log" 2>&1 || { tail -n 20 "$log"; exit 2; }; fi
  mkdir -p "$work/suites/$(dirname "$suite")"
  cp -r "$suite/$framework" "$work/suites/$suite"
done

caught=0 survived=0
printf '| mutant | what is broken | caught by |\n| --- | --- | --- |\n'
for patch in "${patches[@]}"; do
  suite=$(suite_of "$patch")
  what=$(head -n 1 "$patch")
  copy=$work/copy
  rm -rf "$copy"
  cp -r "$work/suites/$suite" "$copy"
  if compile "$patch" "$copy" >"$log" 2>&1; then
    if by=$(run_suite "$suite" "$copy"); then caught=$((caught + 1)); else by='**nothing**' survived=$((survived + 1)); fi
  else
    by="does not compile: $(grep -m1 error "$log" | sed 's/.*error/error/')" survived=$((survived + 1))
  fi
  printf '| %s | %s | %s |\n' "$(basename "$patch" .patch)" "${what%% Suite:*}" "$by"
done
echo "$caught caught, $survived survived"
[ "$survived" -eq 0 ]
