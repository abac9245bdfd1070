"""What runs on both nuclei, and what each slip of a recipe is told."""

import copy
import json
from typing import Any

import pytest

from stacks.edge_inference.recipe import problems

RIGHT = {
    "RecipeFormatVersion": "2020-01-25",
    "ComponentName": "com.example.Watch",
    "ComponentVersion": "1.2.3",
    "ComponentType": "aws.greengrass.generic",
    "ComponentConfiguration": {"DefaultConfiguration": {"site": "garden"}},
    "ComponentDependencies": {
        "com.example.Model": {"VersionRequirement": ">=1.0.0 <2.0.0", "DependencyType": "SOFT"}
    },
    "Manifests": [
        {
            "Platform": {"os": "linux", "architecture": "*", "runtime": "*"},
            "Lifecycle": {
                "install": {"Script": "sh {artifacts:path}/install.sh", "Timeout": "900"},
                "run": {
                    "Script": "exec {artifacts:decompressedPath}/code/run {configuration:/site}",
                    "Setenv": {"WORK": "{work:path}"},
                    "RequiresPrivilege": "false",
                },
            },
            "Artifacts": [
                {"Uri": "s3://bucket/a/install.sh", "Permission": {"Execute": "OWNER"}},
                {"Uri": "s3://bucket/a/code.zip", "Unarchive": "ZIP"},
            ],
        }
    ],
}
FILES = {"install.sh", "code.zip"}
GONE = object()


def changed(path, value):
    recipe: Any = copy.deepcopy(RIGHT)
    *places, last = path
    found = recipe
    for place in places:
        found = found[place]
    if value is GONE:
        del found[last]
    else:
        found[last] = value
    return recipe


MANIFEST = ("Manifests", 0)
STEP = (*MANIFEST, "Lifecycle", "install")
ARTIFACT = (*MANIFEST, "Artifacts", 0)
SLIPS = [
    (("ComponentName",), GONE, "has no ComponentName"),
    (("ComponentName",), "a b", "ComponentName is 'a b'"),
    (("ComponentVersion",), "1.2", "ComponentVersion is '1.2'"),
    (("ComponentVersion",), "1.2.3456789", "three numbers of up to 6 digits"),
    (("ComponentVersion",), 1.2, "ComponentVersion is 1.2"),
    (("RecipeFormatVersion",), "2021-01-25", "there is '2020-01-25'"),
    (("ComponentType",), "aws.greengrass.plugin", "lite runs aws.greengrass.generic only"),
    (("componentPublisher",), "me", "componentPublisher is spelled ComponentPublisher"),
    (("Lifecycle",), {}, "the recipe.Lifecycle is no key"),
    (("Manifests",), [], "no device would take the component"),
    (("Manifests",), {}, "no device would take the component"),
    (("Manifests", 0), "linux", "Manifests[0] is 'linux'; it is an object"),
    (("ComponentConfiguration",), [], "ComponentConfiguration is a list"),
    (("ComponentConfiguration", "defaultConfiguration"), {}, "is spelled DefaultConfiguration"),
    (
        ("ComponentConfiguration", "DefaultConfiguration", "x"),
        "{iot:thingName}",
        "lite puts nothing",
    ),
    (
        ("ComponentDependencies", "com.example.Watch"),
        {"VersionRequirement": "1.0.0"},
        "needs itself",
    ),
    (("ComponentDependencies", "com.example.Model", "VersionRequirement"), GONE, "no VersionReq"),
    (("ComponentDependencies", "com.example.Model", "VersionRequirement"), "newest", "is 'newest'"),
    (("ComponentDependencies", "com.example.Model", "DependencyType"), "WEAK", "'HARD' and 'SOFT'"),
    ((*MANIFEST, "Platform", "runtime"), GONE, 'write "runtime": "*"'),
    ((*MANIFEST, "Platform", "runtime"), "aws_nucleus_lite", "for both nuclei write '*'"),
    ((*MANIFEST, "Platform", "os"), "windows", "lite runs on 'linux'"),
    ((*MANIFEST, "Platform", "OS"), "linux", "OS is spelled os"),
    ((*MANIFEST, "Platform", "architecture"), "x86_64", "is 'x86_64'; there are"),
    ((*MANIFEST, "Lifecicle"), {}, "Lifecicle is no key; there are"),
    ((*MANIFEST, "Selections"), ["all"], "lite takes the manifest's own Lifecycle"),
    ((*MANIFEST, "Lifecycle"), {}, "Lifecycle is empty"),
    ((*MANIFEST, "Lifecycle"), "run", "it is an object"),
    ((*MANIFEST, "Lifecycle", "Install"), "true", "Install is spelled install"),
    ((*MANIFEST, "Lifecycle", "shutdown"), "true", "lite never runs it"),
    ((*MANIFEST, "Lifecycle", "startup"), "true", "a nucleus runs one of them"),
    ((*MANIFEST, "Lifecycle", "run"), "  ", "it is a script"),
    ((*MANIFEST, "Lifecycle", "run"), 7, "it is a script"),
    ((*STEP, "script"), "true", "script is spelled Script"),
    ((*STEP, "Skipif"), "exists /x", "ask within the script"),
    ((*STEP, "Script"), GONE, "install has no Script"),
    ((*STEP, "Script"), 7, "Script is 7; it is text"),
    ((*STEP, "Script"), "sh {artifacts:path}/setup.sh", "setup.sh, which Artifacts does not list"),
    ((*STEP, "Script"), "{artifacts:decompressedPath}/install.sh", "no install.sh.zip is unpacked"),
    ((*STEP, "Script"), "{com.example.Model:artifacts:path}/x", "which lite leaves as it is"),
    ((*STEP, "Script"), "{artifacts:Path}/install.sh", "{artifacts:Path}, which lite leaves"),
    ((*STEP, "Timeout"), 900, 'whole seconds as text, such as "900"'),
    ((*STEP, "Timeout"), "0", "Timeout is '0'"),
    ((*STEP, "RequiresPrivilege"), True, 'RequiresPrivilege is True; write "true" or "false"'),
    ((*STEP, "Setenv"), {"A": 1}, "Setenv is no object of texts"),
    ((*STEP, "Setenv"), {"A": "{a:b}"}, "{a:b}, which lite leaves as it is"),
    ((*ARTIFACT, "Uri"), GONE, "Artifacts[0] has no Uri"),
    ((*ARTIFACT, "URI"), "s3://bucket/a/install.sh", "URI is spelled Uri"),
    ((*ARTIFACT, "Uri"), "s3://my.bucket/install.sh", "bucket's name without dots"),
    ((*ARTIFACT, "Uri"), "https://host/install.sh", "it is s3://BUCKET/KEY"),
    ((*ARTIFACT, "Uri"), "s3://bucket/a/instal.sh", "names instal.sh, and no such file"),
    ((*ARTIFACT, "Unarchive"), "TAR", "there are 'NONE' and 'ZIP'"),
    ((*ARTIFACT, "Permission"), {"Execute": "ANYONE"}, "is 'ANYONE'"),
    ((*ARTIFACT, "Permission"), {"execute": "ALL"}, "execute is spelled Execute"),
    ((*MANIFEST, "Artifacts"), {}, "Artifacts is an object; it is a list"),
]


def test_a_right_recipe_is_told_nothing():
    assert problems(RIGHT, FILES, size=len(json.dumps(RIGHT))) == []


@pytest.mark.parametrize(("path", "value", "told"), SLIPS, ids=[s[2][:40] for s in SLIPS])
def test_a_slip_is_told(path, value, told):
    assert any(told in line for line in problems(changed(path, value), FILES))


def test_a_step_may_be_a_script_alone():
    assert problems(changed((*MANIFEST, "Lifecycle", "run"), "true"), FILES) == []


def test_what_a_shell_has_in_braces_is_no_variable():
    script = 'x=${HOME} awk "{print}" ${a:-b} # {artifacts:path}/install.sh'
    assert problems(changed((*STEP, "Script"), script), FILES) == []


def test_what_is_uploaded_is_named():
    assert problems(RIGHT, {*FILES, "notes.txt"}) == [
        "notes.txt is uploaded and no manifest names it: take it out, or name it in Artifacts"
    ]


def test_a_recipe_is_an_object_of_a_size_that_the_service_takes():
    assert problems([], FILES) == ["the recipe is a list; it is an object"]
    assert "the service takes 16000" in problems(RIGHT, FILES, size=16_001)[0]
