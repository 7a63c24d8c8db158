"""How the groups of an identity provider are exported."""

from blastradius.systems.collecting import Collection, Step

_BESIDE = "blastradius check OTHER-EXPORTS {files} --change CHANGE"
_SAYS_NOTHING = (
    "A list says nothing of members that were filtered out: export without filters on roles, types or status"
)

COLLECT = (
    Collection(
        name="google-groups",
        title="Google Groups, with GAM or gcloud",
        rights="the scopes `admin.directory.group.readonly` and `admin.directory.group.member.readonly`, "
        "or the role Groups Reader",
        steps=(
            Step(
                "every member of every group, with role, type and status",
                "gam redirect csv ./group-members.csv print group-members fields email,id,role,type,status",
            ),
            Step(
                "without GAM: the address of each group and its members, for each address in the file groups.txt",
                "while read -r group; do\n"
                '  gcloud identity groups describe "$group" --format=json\n'
                '  gcloud identity groups memberships list --group-email="$group" --view=full --format=json\n'
                "done < groups.txt > group-members.json",
                optional=True,
            ),
        ),
        check=_BESIDE.format(files="group-members.csv"),
        notes=(
            _SAYS_NOTHING,
            "Neither export says who may join a group unasked: a group that anyone may join is as open as the internet",
        ),
    ),
    Collection(
        name="ldap",
        title="OpenLDAP, FreeIPA or Active Directory, with ldapsearch",
        rights="an account that may read groups and accounts below the base; no right to write anything",
        steps=(
            Step(
                "all groups and all accounts, in pages, with only what says who is in which group",
                "ldapsearch -H ldaps://SERVER -b BASE -E pr=1000/noprompt -o ldif-wrap=no \\\n"
                "  '(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)"
                "(objectClass=posixGroup)(objectClass=person)(objectClass=posixAccount)(objectClass=computer))' \\\n"
                "  objectClass cn uid mail sAMAccountName member uniqueMember memberUid memberURL memberOf \\\n"
                "  owner managedBy \\\n"
                "  gidNumber primaryGroupID objectSid userAccountControl nsAccountLock > directory.ldif",
            ),
        ),
        check=_BESIDE.format(files="directory.ldif"),
        notes=(
            "Active Directory gives at most 1,500 members of a group at once: what is cut short is reported, "
            "and has to be fetched in ranges",
            "The primary group of an account stands at the account alone, so accounts have to be exported as well",
        ),
    ),
    Collection(
        name="scim",
        title="Any identity provider that speaks SCIM 2.0",
        rights="a token that may read users and groups",
        steps=(
            Step(
                "users and groups, page by page until `totalResults` is reached",
                "for kind in Users Groups; do\n"
                '  curl -fsS -H "Authorization: Bearer $TOKEN" \\\n'
                '    "$SCIM/$kind?startIndex=1&count=200" > "scim-$kind-1.json"\n'
                "done",
            ),
        ),
        check=_BESIDE.format(files="scim-*.json"),
        notes=("Raise `startIndex` by 200 until all are there; missing pages are reported", _SAYS_NOTHING),
    ),
    Collection(
        name="entra",
        title="Microsoft Entra ID, with the Azure command line",
        rights="the permissions `GroupMember.Read.All` and `User.ReadBasic.All`",
        steps=(
            Step(
                "one row for each member of each group",
                # Two groups may have one name, so those without an address go by their ids, as members too.
                "echo group,member,type > entra-members.csv\n"
                "az ad group list --query '[].[id, mail || id]' --output tsv > entra-groups.tsv\n"
                "while IFS=\"$(printf '\\t')\" read -r id name; do\n"
                '  az ad group member list --group "$id" --output json > entra-part.json\n'
                '  jq -r --arg group "$name" \'if . == [] then [[$group, "", ""]] else map([$group,\n'
                '    (.mail // .userPrincipalName // .id), ."@odata.type"]) end | .[] | @csv\' entra-part.json\n'
                "done < entra-groups.tsv >> entra-members.csv",
            ),
        ),
        check=_BESIDE.format(files="entra-members.csv"),
        notes=(
            "`$expand=members` gives no more than 20 members of a group; the commands above give all",
            _SAYS_NOTHING,
        ),
    ),
)
