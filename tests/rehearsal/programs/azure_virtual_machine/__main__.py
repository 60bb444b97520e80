"""A Linux machine in a network of its own with a public address, and a container group beside it."""

from __future__ import annotations

import pulumi
import pulumi_tls as tls
from pulumi_azure_native import compute, containerinstance, network, resources

group = resources.ResourceGroup("vm")
net = network.VirtualNetwork(
    "vm",
    resource_group_name=group.name,
    address_space=network.AddressSpaceArgs(address_prefixes=["10.0.0.0/16"]),
    subnets=[network.SubnetArgs(name="default", address_prefix="10.0.1.0/24")],
)
subnet = network.Subnet(
    "more", resource_group_name=group.name, virtual_network_name=net.name, address_prefix="10.0.2.0/24"
)
address = network.PublicIPAddress(
    "vm", resource_group_name=group.name, public_ip_allocation_method="Static", sku={"name": "Standard"}
)
card = network.NetworkInterface(
    "vm",
    resource_group_name=group.name,
    ip_configurations=[
        {
            "name": "main",
            "subnet": network.SubnetArgs(id=subnet.id),
            "private_ip_allocation_method": network.IPAllocationMethod.DYNAMIC,
            "public_ip_address": network.PublicIPAddressArgs(id=address.id),
        }
    ],
)
key = tls.PrivateKey("vm", algorithm="RSA")
machine = compute.VirtualMachine(
    "vm",
    resource_group_name=group.name,
    network_profile={"network_interfaces": [{"id": card.id}]},
    hardware_profile={"vm_size": "Standard_B2s"},
    os_profile={
        "computer_name": "host",
        "admin_username": "azureuser",
        "linux_configuration": {
            "disable_password_authentication": True,
            "ssh": {
                "public_keys": [{"key_data": key.public_key_openssh, "path": "/home/azureuser/.ssh/authorized_keys"}]
            },
        },
    },
    storage_profile={
        "os_disk": {"create_option": compute.DiskCreateOptionTypes.FROM_IMAGE, "name": "disk"},
        "image_reference": {
            "publisher": "canonical",
            "offer": "ubuntu-24_04-lts",
            "sku": "server",
            "version": "latest",
        },
    },
)
containers = containerinstance.ContainerGroup(
    "box",
    resource_group_name=group.name,
    os_type="Linux",
    containers=[
        {
            "name": "box",
            "image": "nginx",
            "ports": [{"port": 80}],
            "resources": {"requests": {"cpu": 1.0, "memory_in_gb": 1.5}},
        }
    ],
    ip_address={"type": "Public", "ports": [{"port": 80, "protocol": "Tcp"}]},
)
pulumi.export("machine", machine.vm_id)
pulumi.export("address", address.ip_address)
pulumi.export("subnets", net.subnets.apply(lambda subnets: [found.name for found in subnets]))
pulumi.export("box", containers.ip_address.apply(lambda found: found.ip))
