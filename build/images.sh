#!/usr/bin/env bash
# Builds the images of all services: release-integrity/SERVICE:TAG.
#
# usage: build/images.sh [DOCKER-BUILD-OPTION…]      TAG=1.2.3 build/images.sh --network host
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

while read -r service _; do
  echo "== release-integrity/$service:${TAG:-local}"
  docker build -f build/Dockerfile --build-arg "SERVICE=$service" -t "release-integrity/$service:${TAG:-local}" "$@" . </dev/null
done <build/services
