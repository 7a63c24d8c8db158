"""The format of blastradius itself."""
