"""Who holds a capability over many resources is whoever holds it on each of them."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.access.engine import Comparison
from blastradius.columns.pair import paired
from blastradius.model.snapshot import Capability
from tests.support.worlds import world


@pytest.mark.parametrize("capability", Capability)
@given(rng=st.integers(0, 2**64 - 1).map(Random))
def test_many_resources_are_answered_as_each_one_is(capability: Capability, rng: Random) -> None:
    comparison = Comparison(paired(world(rng, 5), world(rng, 5)))
    resources = len(comparison.pair.before.resources.names)
    codes = np.array(sorted(rng.sample(range(resources), rng.randint(0, resources))), np.int64)

    before = [comparison.held(0, code).get(capability, frozenset()) for code in codes.tolist()]
    after = [comparison.held(1, code).get(capability, frozenset()) for code in codes.tolist()]
    assert set(comparison.had_anywhere(capability, codes)) == {who for each in before for who in each}
    assert comparison.has_nowhere(capability, codes).tolist() == [
        code for code, who in zip(codes.tolist(), after, strict=True) if not who
    ]
