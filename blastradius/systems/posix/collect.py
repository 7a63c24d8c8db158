"""How the files, users and groups of a POSIX machine are exported."""

from blastradius.systems.collecting import Collection, Step

COLLECT = (
    Collection(
        name="posix",
        title="POSIX access control lists",
        rights="root on the machine, since nobody else can read below directories that are closed to them; "
        "nothing is changed",
        steps=(
            Step(
                "every file and directory with its owner and its access control list; what could not be read is "
                "written into the same file",
                "getfacl -R -P -p -- DIRECTORY > acls.facl 2>&1",
            ),
            Step(
                "every user with its primary group",
                'getent passwd | awk -F: \'{print $1":x:"$3":"$4":::"}\' > passwd.txt',
            ),
            Step("every group with its members", 'getent group | awk -F: \'{print $1":x:"$3":"$4}\' > group.txt'),
            Step(
                "what kind of thing each path is: shows what was left out, and tells empty directories from files",
                "LC_ALL=C find -P DIRECTORY -ls > files.txt 2>&1",
                optional=True,
            ),
        ),
        check="blastradius check acls.facl passwd.txt group.txt files.txt --after AFTER",
        notes=(
            "`getfacl --skip-base` leaves out files that only have a mode, and what they let people do",
            "`getfacl --default` prints default entries as if they were in force; give it neither `-d` nor `-a`",
            "A directory service may hide its users: sssd lets `getent passwd` list them only with `enumerate = true`",
            "A tree too large for one file goes into several: one `getfacl -R` for each directory in it",
            "Mount options, SELinux, capabilities, immutable files and exports over NFS or SMB are in no such file",
        ),
    ),
)
