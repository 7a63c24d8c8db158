"""Files and folders: what is read, under which name, and what is refused."""

import hashlib
import os
from pathlib import Path

import pytest

from blastradius.documents import files as files_module
from blastradius.documents import parse, read_files
from blastradius.errors import DocumentError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the working folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def problems_of(*paths: str, stdin: bytes | None = None) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        read_files(paths, stdin)
    return [str(problem) for problem in caught.value.problems]


def labels_of(*paths: str) -> list[str]:
    return [file.label for file in read_files(paths)]


def test_a_file_keeps_its_relative_name_and_the_digest_of_its_bytes(here: Path) -> None:
    data = b"\xef\xbb\xbfa: 1\n"
    (here / "a.yaml").write_bytes(data)
    (file,) = read_files(["a.yaml"])
    assert (file.label, str(file.relative), file.text, file.named) == ("a.yaml", "a.yaml", "a: 1\n", True)
    assert file.sha256 == hashlib.sha256(data).hexdigest()


def test_an_absolute_path_below_the_working_folder_is_shown_relative(here: Path) -> None:
    (here / "sub").mkdir()
    (here / "sub/a.yaml").write_text("a: 1")
    assert labels_of(str(here / "sub/a.yaml")) == ["sub/a.yaml"]
    assert labels_of(str(here / "sub")) == ["sub/a.yaml"]


def test_an_absolute_path_elsewhere_shows_only_its_last_component(here: Path, tmp_path: Path) -> None:
    (tmp_path / "secret/org").mkdir(parents=True)
    (tmp_path / "secret/org/a.yaml").write_text("a: 1")
    assert labels_of(str(tmp_path / "secret/org")) == ["org/a.yaml"]
    assert labels_of(str(tmp_path / "secret/org/a.yaml")) == ["a.yaml"]
    (problem,) = problems_of(str(tmp_path / "secret/missing.yaml"))
    assert problem == "missing.yaml: there is no such file or folder"


def test_a_folder_is_walked_in_order_without_folders_of_tools_and_other_suffixes(here: Path) -> None:
    for name in ("b.yaml", "a/z.yml", "a/b.json", "a.JSON", ".git/c.yaml", "a/.venv/c.yaml", "notes.md", "script.sh"):
        path = here / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    files = read_files(["given"])
    assert [file.label for file in files] == ["given/a/b.json", "given/a/z.yml", "given/a.JSON", "given/b.yaml"]
    assert [str(file.relative) for file in files] == ["a/b.json", "a/z.yml", "a.JSON", "b.yaml"]
    assert not any(file.named or file.hidden for file in files)


def test_hidden_files_and_folders_are_walked_and_marked(here: Path) -> None:
    for name in ("a.yaml", ".n.yaml", ".x/sub/teams.yaml", "sub/.y/b.json", ".git.yaml", ".gitx/c.yaml"):
        path = here / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert [(file.label, file.hidden) for file in read_files(["given"])] == [
        ("given/.git.yaml", True),
        ("given/.gitx/c.yaml", True),
        ("given/.n.yaml", True),
        ("given/.x/sub/teams.yaml", True),
        ("given/a.yaml", False),
        ("given/sub/.y/b.json", True),
    ]


@pytest.mark.parametrize("given", [".n.yaml", ".x/n.yaml", ".git/n.yaml"])
def test_a_file_that_is_named_itself_is_never_hidden(here: Path, given: str) -> None:
    (here / given).parent.mkdir(exist_ok=True)
    (here / given).write_text("{}")
    (file,) = read_files([given])
    assert (file.label, file.named, file.hidden) == (given, True, False)
    (here / given).write_text("")
    assert problems_of(given) == [f"{given}: the file is empty"]


@pytest.mark.parametrize("given", [".x", ".git"])
def test_a_folder_that_is_named_itself_is_never_hidden(here: Path, given: str) -> None:
    (here / given).mkdir()
    (here / given / "n.yaml").write_text("{}")
    (file,) = read_files([given])
    assert (file.label, file.hidden) == (f"{given}/n.yaml", False)


def test_a_hidden_file_that_cannot_be_read_stops_nothing_and_keeps_its_fault(here: Path, tmp_path: Path) -> None:
    (here / "given/.x").mkdir(parents=True)
    (here / "given/a.yaml").write_text("a: 1")
    (here / "given/.empty.yaml").write_text("")
    (here / "given/._binary.yaml").write_bytes(b"a\x00b")
    (here / "given/.#lock.yaml").symlink_to("nobody@nowhere")
    (here / "given/.out").symlink_to(tmp_path)
    os.mkfifo(here / "given/.x/pipe.yaml")
    files = read_files(["given"])
    assert [str(file.fault) for file in files if file.fault] == [
        "given/.#lock.yaml: the symbolic link leads nowhere",
        "given/.out: the symbolic link leads out of the folder",
        "given/._binary.yaml: the file is binary, not text",
        "given/.empty.yaml: the file is empty",
        "given/.x/pipe.yaml: this is no regular file",
    ]
    assert all(file.hidden for file in files if file.fault)
    for file in files:
        if file.fault:
            with pytest.raises(DocumentError) as caught:
                parse(file)
            assert caught.value.problems == (file.fault,)


def test_every_folder_that_is_passed_over_is_documented(root: Path) -> None:
    page = (root / "docs/formats.md").read_text("utf-8")
    assert [name for name in sorted(files_module.TOOL_FOLDERS) if f"`{name}`" not in page] == []


def test_a_link_with_the_name_of_a_folder_of_a_tool_is_passed_over(here: Path, tmp_path: Path) -> None:
    (tmp_path / "environment").mkdir()
    (here / "given").mkdir()
    (here / "given/a.yaml").write_text("a: 1")
    (here / "given/.venv").symlink_to(tmp_path / "environment")
    assert labels_of("given") == ["given/a.yaml"]


def test_files_come_in_the_order_in_which_they_are_given(here: Path) -> None:
    for name in ("b.yaml", "a.yaml"):
        (here / name).write_text("a: 1")
    assert labels_of("b.yaml", "a.yaml") == ["b.yaml", "a.yaml"]


def test_a_link_out_of_the_folder_is_refused_and_named(here: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1")
    (tmp_path / "elsewhere").mkdir()
    (here / "given").mkdir()
    (here / "given/a.yaml").write_text("a: 1")
    (here / "given/out.yaml").symlink_to(tmp_path / "secret.yaml")
    (here / "given/outside").symlink_to(tmp_path / "elsewhere")
    (here / "given/broken.yaml").symlink_to("nowhere")
    assert problems_of("given") == [
        "given/broken.yaml: the symbolic link leads nowhere",
        "given/out.yaml: the symbolic link leads out of the folder",
        "given/outside: the symbolic link leads out of the folder",
    ]


def test_a_link_within_the_folder_is_followed_once_and_never_in_circles(here: Path) -> None:
    (here / "given/.data").mkdir(parents=True)
    (here / "given/.data/kept.yaml").write_text("a: 1")
    (here / "given/real.yaml").write_text("a: 1")
    (here / "given/kept.yaml").symlink_to(".data/kept.yaml")
    (here / "given/again.yaml").symlink_to("real.yaml")
    (here / "given/loop").symlink_to(".")
    (here / "given/up").symlink_to("../given")
    assert labels_of("given") == ["given/kept.yaml", "given/real.yaml"]
    assert not any(file.hidden for file in read_files(["given"]))


def test_a_folder_mounted_through_links_is_read(here: Path) -> None:
    (here / "given/..2026/sub").mkdir(parents=True)
    (here / "given/..2026/sub/a.yaml").write_text("a: 1")
    (here / "given/..2026/notes.md").write_text("no")
    (here / "given/..data").symlink_to("..2026")
    (here / "given/sub").symlink_to("..data/sub")
    (here / "given/again").symlink_to("..2026/sub")
    (here / "given/notes.md").symlink_to("..2026/notes.md")
    (here / "given/gone.md").symlink_to("nowhere")
    assert labels_of("given") == ["given/again/a.yaml"]


def test_links_that_lead_to_each_other_are_refused(here: Path) -> None:
    (here / "given").mkdir()
    (here / "given/a.yaml").symlink_to("b.yaml")
    (here / "given/b.yaml").symlink_to("a.yaml")
    assert problems_of("given") == [
        "given/a.yaml: the symbolic link leads nowhere",
        "given/b.yaml: the symbolic link leads nowhere",
    ]


def test_a_file_that_is_named_itself_may_be_a_link(here: Path, tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("a: 1")
    (here / "link.yaml").symlink_to(tmp_path / "real.yaml")
    assert labels_of("link.yaml") == ["link.yaml"]


def test_everything_that_cannot_be_read_is_reported_together(here: Path) -> None:
    os.mkfifo(here / "pipe.yaml")
    (here / "empty.yaml").write_text("")
    (here / "folder").mkdir()
    (here / "a.yaml").write_text("a: 1")
    assert problems_of("pipe.yaml", "/dev/null", "a.yaml", "a.yaml/b", "empty.yaml", "folder", "gone.yaml", "") == [
        "pipe.yaml: this is no regular file",
        "null: this is no regular file",
        "a.yaml/b: the file cannot be read: not a directory",
        "empty.yaml: the file is empty",
        "folder: the folder holds no file that can be read",
        "gone.yaml: there is no such file or folder",
        "'': the path is empty",
    ]


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "\ud800.yaml"])
def test_a_path_that_no_file_can_have_is_an_error_and_not_a_crash(here: Path, path: str) -> None:
    (problem,) = problems_of(path)
    assert problem.isprintable()


def test_a_pipe_in_a_folder_does_not_block(here: Path) -> None:
    (here / "given").mkdir()
    os.mkfifo(here / "given/pipe.yaml")
    assert problems_of("given") == ["given/pipe.yaml: this is no regular file"]


def test_a_file_name_cannot_steer_a_terminal(here: Path) -> None:
    (here / "given").mkdir()
    for name in (b"\x1b[31m.yaml", b"\xff.yaml", "\u202egpj.yaml".encode()):
        Path(os.fsdecode(b"given/" + name)).write_text("a: 1")
    assert labels_of("given") == ["given/\\x1b[31m.yaml", "given/\\u202egpj.yaml", "given/\\udcff.yaml"]


def test_too_large_a_file_is_refused(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "FILE_BYTES_MAX", 10)
    (here / "a.yaml").write_text("a: 4567890")
    (here / "b.yaml").write_text("a: 45678901")
    assert labels_of("a.yaml") == ["a.yaml"]
    assert problems_of("b.yaml") == ["b.yaml: the file has more than 10 bytes"]


def test_what_is_no_yaml_may_be_larger(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "FILE_BYTES_MAX", 10)
    monkeypatch.setattr(files_module, "TEXT_BYTES_MAX", 20)
    (here / "listing").write_text("# file: a\nuser")
    assert labels_of("listing") == ["listing"]
    (here / "table.csv").write_text("a: 1\n" * 5)
    assert problems_of("table.csv") == ["table.csv: the file has more than 20 bytes"]


def test_too_much_in_all_and_too_many_files_are_refused(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "TOTAL_BYTES_MAX", 10)
    monkeypatch.setattr(files_module, "FILES_MAX", 1)
    (here / "given").mkdir()
    for name in ("a.yaml", "b.yaml"):
        (here / "given" / name).write_text("a: 456")
    assert problems_of("given/a.yaml", "given/b.yaml") == ["given/b.yaml: the files have more than 10 bytes together"]
    assert problems_of("given") == ["given: the folder holds more than 1 files"]


def test_standard_input_is_read_where_a_dash_stands() -> None:
    (file,) = read_files(["-"], b"a: 1")
    assert (file.label, file.text, file.named) == ("<stdin>", "a: 1", True)
    assert problems_of("-") == ["<stdin>: there is no standard input to read"]
    assert problems_of("-", stdin=b"") == ["<stdin>: the file is empty"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_are_read(encoding: str) -> None:
    text = "name: Zoë 🌳\n"
    assert read_files(["-"], text.encode(encoding))[0].text == text


@pytest.mark.parametrize("mark", [b"\xfe\xff", b"\x00\x00\xfe\xff"])
def test_big_endian_marks_are_read(mark: bytes) -> None:
    encoding = "utf-16-be" if len(mark) == 2 else "utf-32-be"
    assert read_files(["-"], mark + "a: ü".encode(encoding))[0].text == "a: ü"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("name: value".encode("utf-16-le"), "the file looks like UTF-16 without a byte order mark"),
        ("name: value".encode("utf-16-be"), "the file looks like UTF-16 without a byte order mark"),
        (b"\xff\xfea\x00\x00\xd8", "the file is not valid UTF-16"),
        (b"\xff\xfe\x00\x00\xff\xff\xff\xff", "the file is not valid UTF-32"),
        ("a\0b".encode("utf-16"), "the file is binary, not text"),
        (b"some text\x00and more of it", "the file is binary, not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "the file is binary, not text"),
        (b"a: 1\nb: \xff\n", "<stdin>:2: the file is not valid UTF-8"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"\x1f\x8b\x08\x00", "the file is compressed"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, message: str) -> None:
    (problem,) = problems_of("-", stdin=data)
    assert problem.endswith(message)
