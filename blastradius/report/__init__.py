"""An assessment, written out: one file per format, text only; nothing here decides or writes to disk."""
