"""What ships: the modules of a function's package and of the shared one, and nothing beside."""

import json
from pathlib import Path

import aws_cdk as cdk
import pytest

from stacks.shared import function as module
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.powertools import PowertoolsLayer

CODE = (
    *("runtime/__init__.py", "runtime/errors.py", "two/__init__.py", "two/put_rows.py"),
    *("one/__init__.py", "one/put_rows.py", "one/tables/__init__.py", "one/rows.v1.schema.json"),
)
LITTER = (
    *("one/notes.txt", "one/.put_rows.py.swp", "one/put_rows.py~", "one/put_rows copy.py"),
    *("one/__pycache__/put_rows.cpython-314.pyc", "runtime/.DS_Store", "runtime/.#errors.py"),
    *("README.md", "setup.py", "one/tables/data.csv", "one/data.json"),
)


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    """Synthesize one function over several trees: by tree, the files that ship and their hash."""
    root = tmp_path_factory.mktemp("trees")
    app = cdk.App(outdir=str(root / "cdk.out"), builtin_cloud_formation_validation=False)
    functions = {}
    with pytest.MonkeyPatch.context() as patch:
        for tree, changed in {
            "as_it_is": {},
            "littered": dict.fromkeys(LITTER, "litter"),
            "other_edited": {"two/put_rows.py": "edited"},
            "own_edited": {"one/tables/__init__.py": "edited"},
            "shared_edited": {"runtime/errors.py": "edited"},
        }.items():
            for name, text in {**dict.fromkeys(CODE, '"""Code."""'), **changed}.items():
                path = root / tree / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            patch.setattr(module, "CODE_ROOT", root / tree)
            stack = cdk.Stack(app, tree.replace("_", ""))
            PythonFunction(
                stack,
                "PutRows",
                entry="one.put_rows",
                key=CustomerKey(stack, "Key", disposable=True),
                powertools=PowertoolsLayer(stack, "Powertools"),
                environment={},
                timeout=cdk.Duration.seconds(9),
                memory_mib=128,
                log_days=1,
            )
            functions[tree] = stack.artifact_id
    out = Path(app.synth().directory)
    return {tree: _shipped(out, name) for tree, name in functions.items()}


def _shipped(out, stack):
    resources = json.loads((out / f"{stack}.template.json").read_text())["Resources"]
    (function,) = (r for r in resources.values() if r["Type"] == "AWS::Lambda::Function")
    digest = function["Properties"]["Code"]["S3Key"].removesuffix(".zip")
    folder = out / f"asset.{digest}"
    files = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    return digest, files


def test_a_function_ships_with_its_package_and_the_shared_one(assets):
    _, files = assets["as_it_is"]
    assert files == {name for name in CODE if not name.startswith("two/")}


def test_nothing_but_modules_and_schemas_ships_whatever_lies_beside_them(assets):
    assert assets["littered"] == assets["as_it_is"]


def test_an_edit_changes_the_assets_of_those_who_need_it_and_no_other(assets):
    digests = {tree: digest for tree, (digest, _) in assets.items()}
    assert digests["other_edited"] == digests["as_it_is"]
    assert len({digests[tree] for tree in ("as_it_is", "own_edited", "shared_edited")}) == 3
