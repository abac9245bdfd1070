#!/usr/bin/env bash
# sagemaker-inference 1.10.1 (PyPI): an empty cell of CSV is -1 beside whole numbers, else NaN.
#
# Guess: its own reader of text/csv, which a container has unless it brings an input_fn, gives NaN for
#        an empty cell, and a matrix for one row as for two.
# Seen:  where all other cells of the column are whole, the empty one is the number -1: a model is
#        told of a minus one that nobody sent, and says nothing. One row, and one column, have one
#        dimension: what is a row of three features, or three rows of one, only the sender knows.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$tmp" \
  sagemaker-inference==1.10.1 numpy==2.1.0 scipy==1.15.3 six==1.17.0
PYTHONPATH=$tmp python3 >"$tmp/seen" <<'PY'
from sagemaker_inference.decoder import decode

for text in ("7,,3\n8,2,3\n", "7.5,,3.5\n8.5,2.5,3.5\n", "7,2,3\n", "7\n2\n3\n"):
    rows = decode(text, "text/csv")
    print(repr(text), rows.tolist(), rows.shape)
PY
diff "$tmp/seen" - <<'SEEN'
'7,,3\n8,2,3\n' [[7, -1, 3], [8, 2, 3]] (2, 3)
'7.5,,3.5\n8.5,2.5,3.5\n' [[7.5, nan, 3.5], [8.5, 2.5, 3.5]] (2, 3)
'7,2,3\n' [7, 2, 3] (3,)
'7\n2\n3\n' [7, 2, 3] (3,)
SEEN
echo "as stated"
