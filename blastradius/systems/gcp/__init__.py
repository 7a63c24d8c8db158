"""Google Cloud IAM: allow and deny policies, the hierarchy they hang on, and what roles are made of."""
