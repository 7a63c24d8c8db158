"""What a delta means: classes of data, exposures, severity, findings."""
