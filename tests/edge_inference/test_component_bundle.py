"""What is uploaded of a component, and that a change always deploys and no change never does."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from stacks.edge_inference.component_bundle import (
    COMPONENTS,
    ComponentError,
    bundle,
    gdk_substitutions,
    write_gdk_build,
)

ROOT = Path(__file__).parents[2]
NAMES = ["edge_inference", "edge_model"]


@pytest.fixture
def components(tmp_path):
    """Copy the components, as somebody works on them."""
    shutil.copytree(
        COMPONENTS, tmp_path / "components", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path / "components"


def made(folder, **changes):
    return bundle(folder, {**gdk_substitutions(), **changes})


@pytest.mark.parametrize("name", NAMES)
def test_a_component_of_ours_is_right_for_both_nuclei(name):
    component = made(COMPONENTS / name)  # it is checked as it is read
    assert component.recipe["ComponentName"].startswith("com.example.")
    assert "{" not in component.version
    manifests = component.recipe["Manifests"]
    assert {a["Uri"].rpartition("/")[2] for m in manifests for a in m["Artifacts"]} == set(
        component.artifacts
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_same_content_is_the_same_version(name, components):
    (components / name / "__pycache__").mkdir()
    (components / name / "__pycache__" / "x.pyc").write_text("")
    (components / name / "notes.txt").write_text("of mine")
    component, again = made(COMPONENTS / name), made(components / name)
    assert component == again


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_recipe_is_another_version(name, components):
    recipe = components / name / "recipe.json"
    recipe.write_text(recipe.read_text().replace('"1800"', '"1801"').replace('"60"', '"61"'))
    assert made(COMPONENTS / name).version != made(components / name).version


def test_a_changed_module_is_another_version_of_the_code_alone(components):
    with (components / "edge_inference" / "__init__.py").open("a") as module:
        module.write("# a remark\n")
    changed = [n for n in NAMES if made(COMPONENTS / n).version != made(components / n).version]
    assert changed == ["edge_inference"]


def test_a_changed_model_is_another_version_of_the_model_alone(components):
    with (components / "edge_model" / "model.json").open("a") as description:
        description.write("\n")
    changed = [n for n in NAMES if made(COMPONENTS / n).version != made(components / n).version]
    assert changed == ["edge_model"]


def test_the_network_that_is_described_is_deployed_with_its_description():
    artifacts = made(COMPONENTS / "edge_model").artifacts
    description = json.loads(artifacts["model.json"])
    assert hashlib.sha256(artifacts[description["file"]]).hexdigest() == description["sha256"]


def test_another_name_and_place_are_put_in():
    component = bundle(
        COMPONENTS / "edge_inference",
        {"MODEL_COMPONENT": "a.Model", "TOPIC_PREFIX": "b"},
        place="s3://assets/x",
        name="a.Watch",
    )
    assert component.recipe["ComponentName"] == "a.Watch"
    assert "a.Model" in component.recipe["ComponentDependencies"]
    assert component.recipe["Manifests"][0]["Artifacts"][0]["Uri"].startswith("s3://assets/x/")
    assert "com.example" not in component.text()
    assert "birds" not in json.dumps(
        component.recipe["ComponentConfiguration"]["DefaultConfiguration"]["delivery"]
    )


def test_the_code_starts_from_its_archive(tmp_path):
    component = made(COMPONENTS / "edge_inference")
    archive = tmp_path / "edge_inference.zip"
    archive.write_bytes(component.artifacts["edge_inference.zip"])
    names = zipfile.ZipFile(io.BytesIO(archive.read_bytes())).namelist()
    assert "edge_inference/__init__.py" in names
    assert not [name for name in names if not name.endswith((".py", ".schema.json"))]
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import edge_inference; print(edge_inference.__file__)"],
        env={"PYTHONPATH": str(archive)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(archive) in done.stdout


def test_a_wrong_recipe_is_refused_with_all_that_is_wrong(components):
    recipe = components / "edge_model" / "recipe.json"
    recipe.write_text(
        recipe.read_text().replace('"runtime": "*"', '"Runtime": "*"').replace('"60"', "60")
    )
    with pytest.raises(ComponentError, match=r"Runtime is spelled runtime.*Timeout is 60"):
        made(components / "edge_model")


def test_an_artifact_that_is_not_there_is_told(components):
    (components / "edge_model" / "model.json").unlink()
    with pytest.raises(
        ComponentError, match=r"names model\.json; there is no model\.json beside it"
    ):
        made(components / "edge_model")


def test_what_is_no_recipe_is_told(components):
    (components / "edge_model" / "recipe.json").write_text("Manifests:\n- run: true\n")
    with pytest.raises(ComponentError, match="is no JSON with Manifests"):
        made(components / "edge_model")


@pytest.mark.parametrize("name", NAMES)
def test_the_gdk_builds_with_the_command_of_its_configuration(name, components):
    """By GDK's rules: it runs the command in the folder, and publishes what that leaves."""
    shutil.copytree(ROOT / "stacks", components.parent / "stacks")
    config = json.loads((components / name / "gdk-config.json").read_text())
    ((full_name, settings),) = config["component"].items()
    assert settings["build"]["build_system"] == "custom"
    command = [
        sys.executable if w == "python3" else w for w in settings["build"]["custom_build_command"]
    ]
    command = [word.replace("python3", sys.executable) for word in command]
    subprocess.run(command, cwd=components / name, check=True)  # noqa: S603 - its own words
    build = components / name / "greengrass-build"
    recipe = json.loads((build / "recipes" / "recipe.json").read_text())
    files = {p.name for p in (build / "artifacts" / full_name / settings["version"]).iterdir()}
    uris = [a["Uri"] for m in recipe["Manifests"] for a in m["Artifacts"]]
    assert recipe["ComponentName"] == full_name
    assert {uri.rpartition("/")[2] for uri in uris} == files
    assert all(uri.startswith("s3://BUCKET_NAME/COMPONENT_NAME/COMPONENT_VERSION/") for uri in uris)


def test_a_build_is_written_once_more_over_the_last(components):
    folder = components / "edge_model"
    for _ in range(2):
        write_gdk_build(made(folder), folder)
    assert (folder / "greengrass-build" / "recipes" / "recipe.json").is_file()
