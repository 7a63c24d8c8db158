"""How a cluster's RBAC is exported."""

from blastradius.systems.collecting import Collection, Step

COLLECT = (
    Collection(
        name="kubernetes",
        title="Kubernetes RBAC",
        rights="`get` and `list` on the kinds below in all namespaces; the cluster role `view` does not give them",
        steps=(
            Step(
                "roles, bindings, service accounts, namespaces and the kinds that are defined in the cluster",
                "kubectl get clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,namespaces,"
                "customresourcedefinitions --all-namespaces --output=json > kubernetes.json",
            ),
            Step(
                "on EKS: which AWS identities are which users and groups of the cluster",
                "kubectl get configmap aws-auth --namespace=kube-system --output=json > aws-auth.json",
                optional=True,
            ),
        ),
        check="blastradius check kubernetes.json --change CHANGE",
        notes=(
            "Who is in the groups of the cluster stands in the identity provider: give its member lists beside this",
            "Only RBAC is exported: what other authorizers (Node, Webhook, ABAC) allow is not seen",
        ),
    ),
)
