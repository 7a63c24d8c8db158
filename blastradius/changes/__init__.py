"""A proposed change, however it is written: documents in, steps out."""
