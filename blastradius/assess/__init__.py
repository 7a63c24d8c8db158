"""What a delta means: classes of data, exposures, severity, findings."""

from blastradius.assess.assessing import assess

__all__ = ["assess"]
