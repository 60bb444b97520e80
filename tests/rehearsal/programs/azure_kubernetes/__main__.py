"""AKS with a generated SSH key, a registry it may pull from, and the cluster's kubeconfig."""

from __future__ import annotations

import base64

import pulumi
import pulumi_tls as tls
from pulumi_azure_native import authorization, containerregistry, containerservice, operationalinsights, resources

group = resources.ResourceGroup("aks")
key = tls.PrivateKey("ssh", algorithm="RSA", rsa_bits=2048)
logs = operationalinsights.Workspace(
    "aks", resource_group_name=group.name, sku={"name": "PerGB2018"}, retention_in_days=30
)
registry = containerregistry.Registry("aks", resource_group_name=group.name, sku={"name": "Basic"})
cluster = containerservice.ManagedCluster(
    "aks",
    resource_group_name=group.name,
    identity={"type": containerservice.ResourceIdentityType.SYSTEM_ASSIGNED},
    dns_prefix="aks",
    enable_rbac=True,
    agent_pool_profiles=[
        {
            "count": 3,
            "max_pods": 110,
            "mode": containerservice.AgentPoolMode.SYSTEM,
            "name": "agentpool",
            "os_disk_size_gb": 30,
            "os_type": containerservice.OSType.LINUX,
            "type": containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
            "vm_size": "Standard_DS2_v2",
        }
    ],
    linux_profile={"admin_username": "azureuser", "ssh": {"public_keys": [{"key_data": key.public_key_openssh}]}},
)
authorization.RoleAssignment(
    "pull",
    principal_id=cluster.identity_profile["kubeletidentity"].object_id,
    role_definition_id="/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d",
    principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
    scope=registry.id,
)
credentials = containerservice.list_managed_cluster_user_credentials_output(
    resource_group_name=group.name, resource_name=cluster.name
)
kubeconfig = credentials.kubeconfigs[0].value.apply(lambda text: base64.b64decode(text).decode())
pulumi.export("fqdn", cluster.fqdn)
pulumi.export("server", kubeconfig.apply(lambda text: text.split('server: "')[1].split('"')[0]))
