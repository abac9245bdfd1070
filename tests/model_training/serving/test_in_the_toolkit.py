"""Behind AWS's toolkit, as in its framework images, a refusal is a status and a line there, too."""

import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from testing.bad_requests import BAD_REQUESTS, ROW

pytestmark = pytest.mark.skipif(
    not find_spec("sagemaker_inference"), reason="sagemaker-inference is not installed"
)

PACKAGE = Path(__file__).parents[3] / "jobs" / "model_training"
# What the toolkit decodes itself, before a function of ours is asked: it ends with a traceback.
DECODED = {"application/json", "text/csv"}


class Context:
    """The server's context of a request, as far as the toolkit uses it."""

    def __init__(self, model_dir, headers):
        self.system_properties = {"model_dir": str(model_dir)}
        self.request_processor = [SimpleNamespace(get_request_properties=lambda: headers)]
        self.status, self.content_type = (200, ""), None

    def set_response_status(self, code=200, phrase="", idx=0):
        """Keep it."""
        self.status = code, phrase

    def set_response_content_type(self, idx, value):
        """Keep it."""
        self.content_type = value


@pytest.fixture
def transform(archive, tmp_path, monkeypatch):
    """Load a model with its code as the toolkit does; gives what answers by it."""
    from sagemaker_inference.transformer import Transformer

    model_dir = shutil.copytree(archive, tmp_path / "model")
    shutil.copytree(PACKAGE, model_dir / "code" / PACKAGE.name)
    shutil.copy(PACKAGE / "inference.py", model_dir / "code")
    monkeypatch.syspath_prepend(model_dir / "code")
    transformer = Transformer()

    def run(body, content_type, accept):
        # The server has one context for all requests, with other headers each time.
        fresh = Context(model_dir, {"Content-Type": content_type, "Accept": accept})
        if transformer._context is None:
            transformer._context = fresh
        transformer._context.__dict__.update(fresh.__dict__)
        (answer,) = transformer.transform([{"body": body}], transformer._context)
        return transformer._context, answer

    yield run
    sys.modules.pop("inference", None)


def test_a_row_is_told_a_number(transform):
    context, answer = transform(json.dumps(ROW).encode(), "application/json", "text/csv")
    assert (context.status[0], context.content_type) == (200, "text/csv")
    assert 0 < float(answer) < 1


def test_bad_input_is_refused_without_a_traceback(transform):
    decoded = set()
    for kind, sent in BAD_REQUESTS.items():
        context, answer = transform(sent.body, sent.content_type, sent.accept)
        if context.status[0] == 500:
            decoded.add(kind)
            assert sent.content_type in DECODED
            assert sent.told == "not UTF-8"
            # With a parameter it is no type that the toolkit decodes, and ours is asked.
            context, answer = transform(sent.body, f"{sent.content_type}; charset=utf-8", "*/*")
        assert (kind, context.status[0]) == (kind, sent.status)
        assert context.content_type == "application/json"
        assert sent.told in json.loads(answer)["error"]
    assert decoded == {kind for kind, sent in BAD_REQUESTS.items() if sent.told == "not UTF-8"}
    assert transform(json.dumps(ROW).encode(), "application/json", "*/*")[0].status[0] == 200
