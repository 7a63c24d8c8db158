"""Files put in place whole or not at all, whatever fills them."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

import pytest

from blastradius.cli.files import Delivery
from blastradius.errors import BlastRadiusError


def test_a_function_fills_a_file_that_is_put_in_place_later(tmp_path: Path) -> None:
    target = tmp_path / "x.bin"
    with Delivery() as delivery:
        delivery.stage_with(str(target), lambda stream: stream.write(b"\0\r\n"))
        assert not target.exists()
        delivery.commit()
    assert target.read_bytes() == b"\0\r\n"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_function_that_fails_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def fail(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise error

    target = tmp_path / "x.bin"
    target.write_bytes(b"the old one")
    with pytest.raises(error), Delivery() as delivery:
        delivery.stage_with(str(target), fail)
    assert target.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [target]


def test_what_the_system_refuses_is_told_with_the_name(tmp_path: Path) -> None:
    def fail(stream: BinaryIO) -> None:
        raise OSError(28, "No space left on device")

    with (
        pytest.raises(BlastRadiusError, match=r"cannot write `.*x.bin`: no space left on device"),
        Delivery() as delivery,
    ):
        delivery.stage_with(str(tmp_path / "x.bin"), fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_filled_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with Delivery() as delivery:
        delivery.stage_with(str(pipe), lambda stream: stream.write(b"through"))
        delivery.commit()
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
