import sys

import pytest
from page import BEGIN, END, written
from running import Limits, repeat, run


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_command_is_timed_and_its_output_kept() -> None:
    done = run(_python("import time; time.sleep(0.2); print('x' * 100000)"))
    assert done.output == "x" * 100000 + "\n"
    assert done.seconds >= 0.2
    assert done.peak_mib > 1
    assert done.stopped == ""


def test_whoever_passes_the_time_is_stopped_and_not_run_again() -> None:
    found = repeat(3, _python("import time; time.sleep(60)"), Limits(time_s=0.3))
    assert [one.stopped for one in found] == ["0 s"]
    assert found[0].seconds < 30


def test_whoever_passes_the_memory_is_stopped() -> None:
    done = run(_python("import time; x = b'x' * (1 << 29); time.sleep(60)"), Limits(time_s=30, memory_mib=256))
    assert done.stopped == "0 GiB"


def test_a_command_that_fails_ends_the_measurement() -> None:
    with pytest.raises(SystemExit, match="exited with 3"):
        run(_python("raise SystemExit(3)"))


def test_what_people_wrote_around_the_tables_stays() -> None:
    row = {"name": "`python -c pass`", "median_s": 0.01, "fastest_s": 0.01, "slowest_s": 0.02, "peak_mib": 9.0}
    results = {"machine": {"cores": "2", "memory": "1 GiB"}, "small": [row], "tiny": {}, "sizes": {}}
    page = f"# Speed\n\nbefore\n\n{BEGIN}\nold figures\n{END}\n\nafter\n"
    once = written(page, results)
    assert once.startswith(f"# Speed\n\nbefore\n\n{BEGIN}")
    assert once.endswith(f"{END}\n\nafter\n")
    assert "old figures" not in once
    assert "| `python -c pass` | 10 | 10 | 20 | 1.0 | 9 |" in once
    assert written(once, results) == once
