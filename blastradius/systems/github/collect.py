"""How a GitHub organisation is exported as code."""

from blastradius.systems.collecting import Collection, Step

COLLECT = (
    Collection(
        name="github",
        title="GitHub organisations as code",
        rights="a token of an owner of the organisation with the scope `read:org`; "
        "nobody else sees the secret teams and all permissions",
        steps=(
            Step(
                "the organisation with its admins, members, teams and their repositories, as peribolos writes it",
                "peribolos --dump ORGANISATION --dump-full --github-token-path TOKEN_FILE > org.yaml",
            ),
        ),
        check="blastradius check org.yaml --change CHANGE",
        notes=(
            "Where the organisation is already kept as code, give that folder instead: it has the lines people review",
            "Direct collaborators, deploy keys, installed apps and rulesets are in no such file",
        ),
    ),
)
