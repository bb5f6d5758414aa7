#!/usr/bin/env bash
# Installs schemathesis under the folder that API_JUDGE names; judge.ts finds it by the same variable. Needs Python 3.10
# or later with venv.
set -euo pipefail
venv="${API_JUDGE:?the folder to install in}/venv"
pins="$(dirname "${BASH_SOURCE[0]}")/requirements.txt"
if ! cmp -s "$pins" "$venv/installed.txt"; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --no-deps --only-binary :all: --requirement "$pins"
  cp "$pins" "$venv/installed.txt"
fi
