"""Whatever stands at any position of a document, there is an answer or a clean error."""

import copy
import json

import pytest
import yaml

from blastradius.errors import BlastRadiusError
from blastradius.model.sources import Problem
from tests.support.program import ROOT
from tests.support.texts import places, plain
from tests.support.zanzibar import facts
from tests.unit.systems.zanzibar.test_fga_json import MODEL

STRANGE: list[object] = [None, 0, True, "", "x", "\u202e", "user:*#x", [], [None], {}, {"": None}, [{"user": 1}]]
CONDITION = {"name": "weekday", "context": {"days": [1]}}
TREES = {
    "store": yaml.safe_load((ROOT / "fixtures/zanzibar/before/store.fga.yaml").read_text("utf-8")),
    "settings": yaml.safe_load((ROOT / "fixtures/zanzibar/before/relations.yaml").read_text("utf-8")),
    "model": MODEL,
    "answer": {
        "tuples": [{"key": {"user": "user:a", "relation": "owner", "object": "doc:1", "condition": CONDITION}}],
        "continuation_token": "",
    },
    "validation": {
        "schema": "definition user {}\ndefinition doc { relation viewer: user }",
        "relationships": "doc:1#viewer@user:a",
        "assertions": {},
    },
    "manifest": {"schema": "1.2", "contents": ["a.fga"]},
}


@pytest.mark.parametrize("name", TREES)
def test_a_strange_value_anywhere_is_read_or_refused_with_its_place(name: str) -> None:
    tree = TREES[name]
    problems: list[Problem] = []
    for number in range(len(places(tree))):
        for strange in STRANGE:
            changed = copy.deepcopy(plain(tree))
            container, key = places(changed)[number]
            container[key] = strange
            try:
                facts(json.dumps(changed), '[{"user": "user:ana", "relation": "viewer", "object": "doc:1"}]')
            except BlastRadiusError as error:
                problems += error.problems
    assert problems
    assert all(problem.message and problem.source for problem in problems)
