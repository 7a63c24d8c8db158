"""Google Drive: who may do what with files, folders and shared drives."""
