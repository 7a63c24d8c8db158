"""What AWS actions amount to: the capability of each access level, and where we see single actions otherwise."""

from collections.abc import Mapping
from types import MappingProxyType

from blastradius.model.snapshot import Capability

LEVELS: Mapping[str, Capability] = MappingProxyType(
    {
        "list": Capability.LIST,
        "read": Capability.READ,
        "tagging": Capability.WRITE,
        "write": Capability.WRITE,
        "permissions": Capability.MANAGE,
    }
)
"""The capability of an access level of AWS's service authorization reference."""

EXCEPTIONS: Mapping[str, Capability] = MappingProxyType(
    {
        # Whoever decrypts reads; the reference calls it a write.
        "kms:Decrypt": Capability.READ,
        # They hand out credentials, or decide who holds a role, and the reference calls them writes or reads.
        "ec2:AssociateIamInstanceProfile": Capability.MANAGE,
        "ec2:ReplaceIamInstanceProfileAssociation": Capability.MANAGE,
        "eks:AssociateAccessPolicy": Capability.MANAGE,
        "eks:CreateAccessEntry": Capability.MANAGE,
        "eks:UpdateAccessEntry": Capability.MANAGE,
        "organizations:AttachPolicy": Capability.MANAGE,
        "organizations:DetachPolicy": Capability.MANAGE,
        "organizations:DisablePolicyType": Capability.MANAGE,
        "organizations:LeaveOrganization": Capability.MANAGE,
        "organizations:UpdatePolicy": Capability.MANAGE,
        "redshift:GetClusterCredentials": Capability.MANAGE,
        "redshift:GetClusterCredentialsWithIAM": Capability.MANAGE,
        "sso:AttachCustomerManagedPolicyReferenceToPermissionSet": Capability.MANAGE,
        "sso:AttachManagedPolicyToPermissionSet": Capability.MANAGE,
        "sso:CreateAccountAssignment": Capability.MANAGE,
        "sso:DeletePermissionsBoundaryFromPermissionSet": Capability.MANAGE,
        "sso:PutInlinePolicyToPermissionSet": Capability.MANAGE,
        "sso:PutPermissionsBoundaryToPermissionSet": Capability.MANAGE,
    }
)
"""Single actions. What the reference calls permissions management, such as passing a role, is `manage` already."""
