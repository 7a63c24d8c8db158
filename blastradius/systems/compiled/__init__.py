"""Compiled snapshots: facts as columns in one file, checked when it was written and mapped when it is read."""
