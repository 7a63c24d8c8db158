"""Benchmarks are scripts beside each other, not a package: they import one another by bare names."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))
