"""Documents in the form that their system reads, and texts of a folder that nobody reads."""

from pathlib import Path

import pytest

from blastradius.documents import PlainText, read_files
from blastradius.errors import DocumentError
from blastradius.pipeline import validate
from blastradius.systems.load import load
from blastradius.systems.recognising import documents_of
from tests.support.texts import as_file

SNAPSHOT = "format: blastradius.snapshot/1\nprincipals: {user:ana: {}}\n"


def unread(folder: Path) -> list[str]:
    return [str(problem) for problem in load(read_files([str(folder)])).snapshot.unread]


def test_a_named_text_that_no_system_knows_goes_to_the_parser_for_its_message() -> None:
    with pytest.raises(DocumentError, match="the document ends too early"):
        documents_of(as_file('"never closed\n', "given.yaml"))


def test_yaml_stays_yaml() -> None:
    (document,) = documents_of(as_file(SNAPSHOT))
    assert not isinstance(document.value, PlainText)


def test_texts_of_a_folder_that_nobody_knows_are_reported_and_notes_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SNAPSHOT)
    (tmp_path / "README.txt").write_text("remember the milk\n")
    (tmp_path / "notes-in-latin.txt").write_bytes(b"caf\xe9\n")
    (tmp_path / "script.sh.gz").write_bytes(b"\x1f\x8b")
    assert unread(tmp_path) == [f"{tmp_path.name}/script.sh.gz: the file is compressed"]
    (tmp_path / "script.sh.gz").unlink()
    (tmp_path / "acls.txt").write_text("WARNING: banner\n# file: a\n")
    (tmp_path / "more.json.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / "things.csv").write_text("flavour,price\n1,2\n")
    (tmp_path / "latin.csv").write_bytes(b"caf\xe9,1\n")
    (tmp_path / "empty.ldif").write_text("")
    name = tmp_path.name
    assert unread(tmp_path) == [
        f"{name}/acls.txt: the file is of no known format",
        f"{name}/empty.ldif: the file is empty",
        f"{name}/latin.csv:1: the file is not valid UTF-8",
        f"{name}/more.json.gz: the file is compressed",
        f"{name}/things.csv: the file is of no known format",
    ]
    warnings = validate([str(tmp_path)], bytes).warnings
    assert [str(problem) for problem in warnings] == unread(tmp_path)
