#!/usr/bin/env bash
# Makes every secret that the sets need, in ./secrets beside this script. What is there already is kept: to rotate one,
# see README.md. Needs openssl.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
umask 022
mkdir -p secrets
# The containers run as a user of their own and read single files of it; other users of this machine don't get in.
chmod 700 secrets

random() { openssl rand -hex 24; }

make() { # make FILE CONTENT
  if [ ! -e "secrets/$1" ]; then
    printf '%s\n' "$2" >"secrets/$1"
    echo "made secrets/$1"
  fi
}

# RabbitMQ's form of a password: base64 of four bytes of salt, and of SHA-256 over salt and password.
hashed() { # hashed PASSWORD
  local salt
  salt=$(openssl rand -hex 4 | sed 's/../\\x&/g')
  { printf "$salt"; { printf "$salt"; printf '%s' "$1"; } | openssl dgst -sha256 -binary; } | openssl base64 -A
}

collectors=(artifact-registry signature-ledger change-snapshot runtime-validation)

# What senders show to a collector.
for collector in "${collectors[@]}"; do
  make "$collector-credential" "$(random)"
done

# The key of masked tokens. Keep a copy where you keep backups: without it old tokens lose their meaning.
make token.key "$(openssl rand -hex 32)"
make signing.key "$(openssl rand -hex 32)"

# The broker: one account for the services, one for you.
make broker-password "$(random)"
make broker-operator "$(random)"
make definitions.json "$(cat <<JSON
{
  "vhosts": [ { "name": "release-integrity" } ],
  "users": [
    { "name": "services", "password_hash": "$(hashed "$(cat secrets/broker-password)")",
      "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": [] },
    { "name": "operator", "password_hash": "$(hashed "$(cat secrets/broker-operator)")",
      "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": ["administrator"] }
  ],
  "permissions": [
    { "user": "services", "vhost": "release-integrity", "configure": ".*", "write": ".*", "read": ".*" },
    { "user": "operator", "vhost": "release-integrity", "configure": ".*", "write": ".*", "read": ".*" }
  ]
}
JSON
)"

# SQL Server: its administrator; per service a login that serves and one that migrates. It wants several kinds of
# characters in a password.
make sqlserver-sa "$(random)Aa1"
for schema in "${collectors[@]//-/_}" reconciler handoff; do
  for login in "${schema}_service" "${schema}_migrator"; do
    make "sqlserver-$login" "$(random)Aa1"
    make "store-$login" "Server=sqlserver;Database=release_integrity;User ID=$login;Password=$(cat "secrets/sqlserver-$login");Encrypt=True;TrustServerCertificate=True"
  done
done
