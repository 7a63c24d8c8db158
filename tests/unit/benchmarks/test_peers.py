"""A benchmark says nothing unless everybody it compares gives the same answer."""

import importlib
from pathlib import Path

import numpy as np
import peer_engine
import pytest
from changes import CHANGES
from company import SIZES, draw
from question import Answer, Question, read, save
from snapshots import write_document

from blastradius.access import engine
from blastradius.access.simulate import simulate
from blastradius.changes.load import load_changes
from blastradius.documents import read_files
from blastradius.systems.load import load


@pytest.fixture(scope="module", params=[16, 23])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    company = draw(SIZES["tiny"], request.param)
    save(company, folder)
    with (folder / "company.json").open("w", encoding="utf-8") as out:
        write_document(company, out)
    return folder


def _own(place: Path, change: str) -> Answer:
    baseline = load(read_files([str(place / "company.json")])).snapshot
    simulated = simulate(baseline, load_changes(read_files([str(place / f"{change}.yaml")]))).snapshot
    delta = engine.compare(baseline, simulated)
    with np.load(place / f"{change}.npz") as saved:
        classes = saved["classes_by_name"]
    answer = Answer(len(classes), in_full=True)
    peer_engine.count(delta, classes, answer)
    peer_engine.note(delta, place, answer)
    return answer


def _peers(name: str, question: Question) -> Answer:
    pytest.importorskip({"peer_duckdb": "duckdb", "peer_scipy": "scipy"}.get(name, "networkx"))
    peer = importlib.import_module(name)
    return peer.ask(question, peer.build(question))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["peer_networkx", "peer_duckdb", "peer_scipy"])
def test_a_peer_finds_exactly_the_changed_tuples_that_the_engine_finds(place: Path, name: str, change: str) -> None:
    own, other = _own(place, change), _peers(name, read(place, change, in_full=True))
    assert other.as_json == own.as_json != {}
    assert own.prints is not None
    assert np.array_equal(own.prints, other.prints)
    assert np.count_nonzero(own.prints) > 0


def test_one_tuple_more_is_another_answer() -> None:
    answers = [Answer(2, in_full=True) for _ in range(3)]
    for answer, people in zip(answers, ([3, 5], [5, 3], [3, 5, 6]), strict=True):
        answer.note([1], {(0, 0): people})
    first, same, other = (answer.prints for answer in answers)
    assert first is not None
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)
    assert first[0] == 0
