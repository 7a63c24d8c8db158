"""GitHub: organisations, teams and repositories."""
