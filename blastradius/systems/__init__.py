"""Access-control systems: the files of each in, facts out."""
