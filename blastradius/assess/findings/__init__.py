"""Findings: what a reviewer must see beyond the exposure itself; one module per rule or family of rules."""
