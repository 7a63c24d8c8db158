"""How AWS accounts are exported."""

from blastradius.systems.aws.actions import action_table
from blastradius.systems.collecting import Collection, Step

_EACH_REGION = "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do\n"
_BLANK = """'""'"""
"""Is written in place of a policy that could not be read, which the report then says."""
_KEPT = '  jq -n --arg arn "$arn" --argjson policy "${policy:-\\"\\"}" \'{($arn): $policy}\'\n'
_ANSWERED = '  jq -n --arg arn "$arn" --argjson answer "$answer" \'{($arn): '

_BUCKETS = (
    "for bucket in $(aws s3api list-buckets --query 'Buckets[].Name' --output text); do\n"
    '  arn="arn:aws:s3:::$bucket"\n'
    '  if ! policy=$(aws s3api get-bucket-policy --bucket "$bucket" --query Policy --output text 2>problem.txt); then\n'
    f"    policy={_BLANK}\n"
    "    if grep -q NoSuchBucketPolicy problem.txt; then policy=null; else cat problem.txt >&2; fi\n"
    "  fi\n" + _KEPT + "done > bucket-policies.json"
)
_KEYS = (
    _EACH_REGION
    + "for arn in $(aws kms list-keys --region \"$region\" --query 'Keys[].KeyArn' --output text); do\n"
    + '  policy=$(aws kms get-key-policy --region "$region" --key-id "$arn" --policy-name default --query Policy '
    + f"--output text) || policy={_BLANK}\n"
    + _KEPT
    + "done; done > key-policies.json"
)
_SECRETS = (
    _EACH_REGION
    + 'for arn in $(aws secretsmanager list-secrets --region "$region" '
    + "--query 'SecretList[].ARN' --output text); do\n"
    + '  answer=$(aws secretsmanager get-resource-policy --region "$region" --secret-id "$arn") || '
    + 'answer=\'{"ResourcePolicy": ""}\'\n'
    + _ANSWERED
    + "($answer.ResourcePolicy // null)}'\n"
    + "done; done > secret-policies.json"
)
_FUNCTIONS = (
    _EACH_REGION
    + 'for arn in $(aws lambda list-functions --region "$region" '
    + "--query 'Functions[].FunctionArn' --output text); do\n"
    + '  if ! policy=$(aws lambda get-policy --region "$region" --function-name "$arn" --query Policy --output text '
    + "2>problem.txt); then\n"
    + f"    policy={_BLANK}\n"
    + "    if grep -q ResourceNotFoundException problem.txt; then policy=null; else cat problem.txt >&2; fi\n"
    + "  fi\n"
    + _KEPT
    + "done; done > function-policies.json"
)
_QUEUES = (
    _EACH_REGION
    + "for url in $(aws sqs list-queues --region \"$region\" --query 'QueueUrls[]' --output text); do\n"
    + '  [ "$url" != None ] || continue\n'
    + '  queue="${url%/*}"; arn="arn:aws:sqs:$region:${queue##*/}:${url##*/}"\n'
    + '  answer=$(aws sqs get-queue-attributes --region "$region" --queue-url "$url" --attribute-names All) || '
    + 'answer=\'{"Attributes": {"Policy": ""}}\'\n'
    + _ANSWERED
    + "($answer.Attributes.Policy // null)}'\n"
    + "done; done > queue-policies.json"
)
_TOPICS = (
    _EACH_REGION
    + "for arn in $(aws sns list-topics --region \"$region\" --query 'Topics[].TopicArn' --output text); do\n"
    + '  answer=$(aws sns get-topic-attributes --region "$region" --topic-arn "$arn") || '
    + 'answer=\'{"Attributes": {"Policy": ""}}\'\n'
    + _ANSWERED
    + "($answer.Attributes.Policy // null)}'\n"
    + "done; done > topic-policies.json"
)
_INVENTORY = (
    _EACH_REGION
    + '  aws resourcegroupstaggingapi get-resources --region "$region"\n'
    + "done > inventory.json\n"
    + "aws s3api list-buckets --query 'Buckets[].Name' | jq 'map(\"arn:aws:s3:::\" + .)' > buckets.json"
)
_CONTROL = (
    "# With the account that manages the organisation: ROOT is its id, UNITS and ACCOUNTS are those of what is above.\n"
    'for target in "$ROOT" $UNITS $ACCOUNTS; do\n'
    '  for id in $(aws organizations list-policies-for-target --target-id "$target" '
    "--filter SERVICE_CONTROL_POLICY --query 'Policies[].Id' --output text); do\n"
    '    aws organizations describe-policy --policy-id "$id" | jq --arg target "$target" \'{scps: {($target): '
    "[{Name: .Policy.PolicySummary.Name, Content: .Policy.Content}]}}'\n"
    "  done\n"
    "done > scps.json\n"
    "for child in $UNITS $ACCOUNTS; do\n"
    '  aws organizations list-parents --child-id "$child" | jq --arg child "$child" \'{scps: {}, parents: '
    "{($child): .Parents[0].Id}}'\n"
    "done >> scps.json"
)

COLLECT = (
    Collection(
        name="aws",
        title="AWS IAM",
        rights="`SecurityAudit` of AWS, which reads settings and no data, and `tag:GetResources`; nothing is changed",
        steps=(
            Step(
                "users, groups, roles and policies, also those that AWS keeps; once for each account, each into a file "
                "of its own",
                "aws iam get-account-authorization-details --output json > account.json",
            ),
            Step("bucket policies, and which buckets have none", _BUCKETS),
            Step("key policies", _KEYS),
            Step("policies of secrets, without the secrets", _SECRETS, optional=True),
            Step("who may call functions", _FUNCTIONS, optional=True),
            Step("policies of queues", _QUEUES, optional=True),
            Step("policies of topics", _TOPICS, optional=True),
            Step(
                "which resources there are, with their tags, so that a report can name them", _INVENTORY, optional=True
            ),
            Step(
                "which accounts are the organisation's own, so that nobody in them counts as external",
                "aws organizations list-accounts > accounts.json",
                optional=True,
            ),
            Step("service control policies, which only take away", _CONTROL, optional=True),
        ),
        check="blastradius check account.json *-policies.json inventory.json buckets.json --after AFTER",
        notes=(
            "`--filter` and `--max-items` leave out what may grant access; leave them out",
            "A policy that could not be read is written as an empty text, and the report says so; a list that could "
            "not be had is an error on the screen and nowhere else: then get the rights and export again",
            "Without service control policies, resource control policies and session policies the answer is too wide, "
            "never too narrow",
            "The tagging API lists only resources that have, or had, a tag",
            "Access points, bucket ACLs, snapshots and images shared with other accounts, and policies of other kinds "
            "of resources (such as repositories and file systems) are in none of these files, unless you add them as "
            "`{ARN: POLICY}`",
            "In China and GovCloud write `aws-cn` or `aws-us-gov` for `aws` in the ARNs of buckets and queues",
        ),
        data_as_of=action_table().as_of,
    ),
)
