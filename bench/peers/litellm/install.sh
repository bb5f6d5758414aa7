#!/usr/bin/env bash
# Installs LiteLLM under the folder that LITELLM_PEER names; `npm run bench -- gateway` finds it by the same variable. Needs
# Python 3.11 or later with venv, 750 MB, and the package index.
set -euo pipefail
venv="${LITELLM_PEER:-${TMPDIR:-/tmp}/breakwater-litellm-peer}/venv"
pins="$(dirname "${BASH_SOURCE[0]}")/requirements.txt"
if ! cmp -s "$pins" "$venv/installed.txt"; then
  "${PYTHON:-python3}" -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --no-deps --only-binary :all: --requirement "$pins"
  cp "$pins" "$venv/installed.txt"
fi
echo "$venv"
