"""Native snapshots as machines export them: JSON Lines and Parquet tables, read straight into columns."""
