#!/usr/bin/env bash
# Installs what judges the key providers (moto for AWS KMS, OpenBao for Vault Transit) under the folder that
# KEY_EMULATORS names; the tests find them by the same variable. Needs Python 3.10 or later with venv.
set -euo pipefail
venv="${KEY_EMULATORS:?the folder to install in}/venv"
pins="$(dirname "${BASH_SOURCE[0]}")/key-emulators.txt"
if ! cmp -s "$pins" "$venv/installed.txt"; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --no-deps --only-binary :all: --requirement "$pins"
  cp "$pins" "$venv/installed.txt"
fi
