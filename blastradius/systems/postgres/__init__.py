"""PostgreSQL: roles, privileges, row-level security; from its catalog or from dumps."""
