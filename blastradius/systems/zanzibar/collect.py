"""How to export OpenFGA and SpiceDB completely, with rights to read alone.

Source: OpenFGA CLI and zed, the command line of SpiceDB (2026).
"""

from blastradius.systems.collecting import Collection, Step

COLLECT: tuple[Collection, ...] = (
    Collection(
        name="openfga",
        title="OpenFGA",
        rights="a client that may read the store: with OpenFGA's own access control, the relation `can_call_read`",
        steps=(
            Step(
                "The model in force, since tuples mean nothing without it",
                'fga model get --store-id "$FGA_STORE_ID" --format fga > model.fga',
            ),
            Step(
                "All tuples; without `--max-pages 0` the tool stops after twenty pages",
                'fga tuple read --store-id "$FGA_STORE_ID" --max-pages 0 --output-format csv > tuples.csv',
            ),
        ),
        check="blastradius check model.fga tuples.csv --after model.fga proposed-tuples.csv",
        notes=(
            "`fga store export` writes the first 100 tuples unless `--max-tuples` says more",
            "an application may check against an older model: name it with `--model-id`",
            "contextual tuples are sent with each question and stand in no store",
            "what each relation allows can be said in a file of `format: blastradius.relations/1`",
        ),
    ),
    Collection(
        name="spicedb",
        title="SpiceDB",
        rights="a preshared key, or a token that may call ReadSchema and BulkExportRelationships",
        steps=(
            Step(
                "Schema and relationships at one revision; `zed backup` with a file name alone writes that file",
                "zed backup spicedb.zedbackup",
            ),
            Step(
                "The schema in it, since relationships mean nothing without it",
                "zed backup parse-schema spicedb.zedbackup > schema.zed",
            ),
            Step(
                "All relationships in it, with caveats and times",
                "zed backup parse-relationships spicedb.zedbackup > relationships.txt",
            ),
        ),
        check="blastradius check schema.zed relationships.txt --after schema.zed proposed-relationships.txt",
        notes=(
            "with `--prefix-filter` a backup holds a part, and nothing in it says so",
            "what each relation allows can be said in a file of `format: blastradius.relations/1`",
        ),
    ),
)
"""One for each of the two; the commands are only printed."""
