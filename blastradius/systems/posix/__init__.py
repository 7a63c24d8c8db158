"""POSIX: files and folders with their access control lists, and the users and groups of one machine."""
