"""How Google Cloud's access control is exported."""

from blastradius.systems.collecting import Collection, Step
from blastradius.systems.gcp.role_table import SHIPPED_ON

_ATTACHED = "--attachment-point=cloudresourcemanager.googleapis.com/organizations/ORGANIZATION"
_DESCRIBED = ",".join(
    [
        *(f"cloudresourcemanager.googleapis.com/{kind}" for kind in ("Organization", "Folder", "Project")),
        *("storage.googleapis.com/Bucket", "iam.googleapis.com/ServiceAccount", "iam.googleapis.com/Role"),
    ]
)

COLLECT = (
    Collection(
        name="gcp",
        title="Google Cloud IAM",
        rights="on the organisation: `roles/cloudasset.viewer`, and `roles/iam.denyReviewer` for deny policies",
        steps=(
            Step(
                "every allow policy of the organisation, its folders, projects and resources, with what lies in what",
                "gcloud asset list --organization=ORGANIZATION --content-type=iam-policy --format=json > policies.json",
            ),
            Step(
                "numbers and ids of projects, folders and service accounts; settings of buckets; custom roles",
                "gcloud asset list --organization=ORGANIZATION --content-type=resource --format=json \\\n"
                f"  --asset-types={_DESCRIBED} \\\n"
                "  > resources.json",
            ),
            Step(
                "deny policies of the organisation; the same for each folder and project that has one",
                f"for policy in $(gcloud iam policies list --kind=denypolicies --format='value(name)' \\\n"
                f"    {_ATTACHED}); do\n"
                f'  gcloud iam policies get "${{policy##*/}}" --kind=denypolicies --format=json \\\n'
                f"    {_ATTACHED}\n"
                "done > denied.json",
                optional=True,
            ),
            Step(
                "a predefined role that is newer than the table that blastradius ships, where a report asks for it",
                "gcloud iam roles describe roles/NAME --format=json > role-NAME.json",
                optional=True,
            ),
        ),
        check="blastradius check policies.json resources.json --change CHANGE",
        notes=(
            "Groups are only named here: give their members beside it, see `blastradius collect google-groups`",
            "No export holds access lists of objects; without uniform bucket-level access they stay unknown",
            "Users of databases, RBAC inside clusters and rules of Firestore stand elsewhere",
            "A search with `--query`, or a list with `--filter`, gives only the bindings that match",
        ),
        data_as_of=SHIPPED_ON,
    ),
)
