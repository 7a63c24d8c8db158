"""Kubernetes: role-based access control of the API server."""
