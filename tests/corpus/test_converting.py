"""Real exports of every system, converted: the native file states the same facts, however they were read.

Only what is a whole export by itself is taken; what needs files beside it is for the tests of its system.
"""

import tarfile
from itertools import cycle

import pytest

from blastradius.documents import read_files
from blastradius.errors import BlastRadiusError
from blastradius.systems.load import load
from blastradius.systems.native.write import NativeForm, native_text
from tests.support.facts import facts

# What lies in the folder of each system, as it would be given: files one by one, or a folder as a whole.
GIVEN = {
    "aws": ("*.json",),
    "github": ("*-config",),
    "kubernetes": ("argo-cd", "*.yaml"),
    "openfga": ("**/*.fga.yaml",),
    "spicedb": ("*.yaml",),
    "gcp": ("*-groups", "*-audit.tar.gz"),
}


@pytest.mark.parametrize("system", GIVEN)
def test_what_is_read_from_real_exports_is_read_from_the_converted_file(corpus, tmp_path, system):
    converted, passed_over, forms = 0, [], cycle(NativeForm)
    paths = [path for pattern in GIVEN[system] for path in sorted((corpus / system).glob(pattern))]
    for path in paths:
        given = path
        if path.suffix == ".gz":
            given = tmp_path / "unpacked"
            with tarfile.open(path) as archive:
                archive.extractall(given, filter="data")
        try:
            snapshot = load(read_files([str(given)])).snapshot
        except BlastRadiusError as error:
            passed_over.append(f"{path.name}: {error.problems[0].message}")
            continue
        form = next(forms)
        target = tmp_path / f"converted.{form}"
        target.write_text("".join(native_text(snapshot, form)), "utf-8")
        found = load(read_files([str(target)])).snapshot
        assert facts(found) == facts(snapshot), path
        assert found.unread == snapshot.unread, path
        converted += 1
    print(f"{system}: {converted} of {len(paths)} converted and read as the same; no whole export: {passed_over}")
    assert converted >= max(1, len(paths) / 2)
