#!/bin/sh
# Install the packages that the component needs, by their hashes: install.sh ARTIFACTS WORK
# Nothing is fetched when the same packages are there already, so that a restart needs no network.
set -eu
artifacts=$1
work=$2
wanted=$artifacts/requirements.txt

python=
for name in python3.14 python3.13 python3.12 python3.11 python3; do
  if command -v "$name" >/dev/null 2>&1 &&
    "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  echo "install: there is no Python 3.11 to 3.14 on the path; install one (python3-venv, too)" >&2
  exit 1
fi

if cmp -s "$wanted" "$work/venv/installed" && "$work/venv/bin/python" -c '' 2>/dev/null; then
  exit 0
fi
# The old packages stay until the new ones are whole: a device cut off in between still runs.
rm -rf "$work/venv.new"
"$python" -m venv "$work/venv.new"
"$work/venv.new/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --only-binary :all: --require-hashes -r "$wanted"
cp "$wanted" "$work/venv.new/installed"
rm -rf "$work/venv"
mv "$work/venv.new" "$work/venv"
