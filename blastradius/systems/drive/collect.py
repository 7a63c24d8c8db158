"""How the sharing of Google Drive is exported."""

from blastradius.systems.collecting import Collection, Step

COLLECT = (
    Collection(
        name="drive",
        title="Google Drive, with GAM",
        rights="domain-wide delegation of the scope `drive.metadata.readonly` (GAM: Drive API, read only), "
        "and an administrator who may list shared drives",
        steps=(
            Step(
                "every shared drive with its members, one row for each",
                "gam redirect csv ./shared-drives.csv print shareddriveacls oneitemperrow",
            ),
            Step(
                "the items of every My Drive with all permissions, as each account that owns some",
                "gam config auto_batch_min 1 redirect csv ./my-drives.csv multiprocess all users print filelist \\\n"
                "  fields id,name,mimetype,parents,driveid,owners.emailaddress,shared,trashed,writerscanshare,\\\n"
                "copyrequireswriterpermission,inheritedpermissionsdisabled,permissions oneitemperrow",
            ),
            Step(
                "the items of every shared drive, as one of its organizers, with the permissions of each",
                "gam redirect csv ./organizers.csv print shareddriveorganizers includetypes user oneorganizer\n"
                "gam redirect csv ./shared-files.csv multiprocess csv ./organizers.csv \\\n"
                '  gam user "~organizers" print filelist select shareddriveid "~id" \\\n'
                "  fields id,name,mimetype,parents,driveid,hasaugmentedpermissions,inheritedpermissionsdisabled,\\\n"
                "copyrequireswriterpermission,permissions showshareddrivepermissions oneitemperrow",
            ),
        ),
        check="blastradius check shared-drives.csv my-drives.csv shared-files.csv group-members.csv --change CHANGE",
        notes=(
            "`basicpermissions` leaves out what is inherited: access is read rightly, and a permission taken from a "
            "folder is taken to stay on what lies in it",
            "Files of a shared drive have no list of permissions unless asked for (`showshareddrivepermissions`): "
            "they look private and are not",
            "Who is in the groups stands in the directory: give a list of members beside this "
            "(`blastradius collect google-groups`)",
        ),
    ),
)
