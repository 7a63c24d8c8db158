"""AWS IAM: exported accounts, resource policies, service control policies and inventories in, facts out."""
