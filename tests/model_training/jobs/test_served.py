"""What training leaves is what the handlers serve, by the code that travels with it."""

import json
import os
import subprocess
import sys

from model_training.inference import input_fn, model_fn, output_fn, predict_fn

# As AWS's image does: the code of the archive alone, in a process of its own.
SERVE = """
import json, sys
from inference import input_fn, model_fn, output_fn, predict_fn
model, body = model_fn(sys.argv[1]), sys.stdin.buffer.read()
print(output_fn(predict_fn(input_fn(body, "application/json"), model), None)[0].decode())
"""


def known_of(trained):
    return json.loads((trained.folder / "known_rows.json").read_bytes())


def test_a_trained_model_tells_what_it_is_known_by(trained):
    known, model = known_of(trained), model_fn(str(trained.folder))
    body = json.dumps(known["rows"]).encode()
    told, _ = output_fn(predict_fn(input_fn(body, "application/json"), model), "*/*")
    assert json.loads(told) == {"predictions": known["predictions"]}


def test_the_code_of_the_archive_needs_nothing_else_of_ours(trained):
    known = known_of(trained)
    done = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-c", SERVE, str(trained.folder)],
        input=json.dumps(known["rows"]).encode(),
        env={**os.environ, "PYTHONPATH": str(trained.folder / "code")},
        cwd=trained.folder,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"predictions": known["predictions"]}
