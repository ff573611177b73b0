#!/usr/bin/env bash
# Exits with 0 if the service in this container is ready. The images have no HTTP client, and bash is enough.
set -euo pipefail
port=${1:-8080}
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
IFS= read -r status <&3
[[ $status == *' 200 '* ]]
