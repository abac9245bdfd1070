"""How the runtime is started: by the grant of the cgroup, and not by the machine's processors."""

import os

import pytest

from edge_inference.start_session import granted_here


def write(folder, place, **files):
    target = folder / place
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (target / name.replace("__", ".")).write_text(text)


@pytest.mark.parametrize(
    ("own", "above", "expected"),
    [
        ("max 100000", "max 100000", 4),
        ("200000 100000", "max 100000", 2),
        ("max 100000", "50000 100000", 1),
    ],
)
def test_the_tightest_of_the_groups_counts(tmp_path, monkeypatch, own, above, expected):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    write(tmp_path, "a.slice/b.service", cpu__max=own)
    write(tmp_path, "a.slice", cpu__max=above)
    (tmp_path / "own").write_text("0::/a.slice/b.service\n")
    assert granted_here(tmp_path, tmp_path / "own") == expected


def test_version_one_is_read_too(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    write(tmp_path, "cpu/box", cpu__cfs_quota_us="300000\n", cpu__cfs_period_us="100000\n")
    (tmp_path / "own").write_text("4:memory:/box\n3:cpu,cpuacct:/box\n")
    assert granted_here(tmp_path, tmp_path / "own") == 3


def test_without_cgroups_affinity_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5})
    assert granted_here(tmp_path / "none", tmp_path / "none") == 2
