"""What every test may ask for: the repository, the real data beside it, and examples that come out the same."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# The same examples on every run, and no clock: a busy machine must not make a law look broken.
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For whoever looks for trouble: `HYPOTHESIS_PROFILE=search .venv/bin/pytest tests/property`.
settings.register_profile("search", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Give the folder with real data, or skip the test where it is not there."""
    folder = ROOT.parent / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip("the real data (../shared/corpus) is not on this machine")
    return folder
