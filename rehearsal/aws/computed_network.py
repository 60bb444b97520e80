"""What AWS computes about networks and entrances: VPCs, load balancers, gateways, DNS, certificates. See `computed`."""

from __future__ import annotations

from typing import Any

_LB_OUTPUTS: dict[str, Any] = {
    "arnSuffix": "{lb_kind_short}/{name}/{hex16}",
    "dnsName": "{scheme_prefix}{name}-{dec10}.{region}.elb.{suffix}",
    "zoneId": "{lb_zone}",
    "vpcId": "{default_vpc}",
    "ipAddressType": "ipv4",
    "loadBalancerType": "application",
    "internal": False,
    "idleTimeout": 60,
}
_TARGET_GROUP: dict[str, Any] = {
    "arnSuffix": "targetgroup/{name}/{hex16}",
    "protocolVersion": "HTTP1",
    "ipAddressType": "ipv4",
    "loadBalancingAlgorithmType": "round_robin",
    "deregistrationDelay": 300,
    "targetType": "instance",
}

NETWORK: dict[str, dict[str, Any]] = {
    "aws:acm/certificate:Certificate": {
        "domainName": "{domainName}",
        "status": "PENDING_VALIDATION",
        "keyAlgorithm": "RSA_2048",
        "domainValidationOptions": "{domain_validations}",
        "validationEmails": [],
        "type": "AMAZON_ISSUED",
    },
    "aws:acm/certificateValidation:CertificateValidation": {},
    "aws:elb/loadBalancer:LoadBalancer": {
        "dnsName": "{scheme_prefix}{name}-{dec10}.{region}.elb.{suffix}",
        "sourceSecurityGroup": "{account}/default",
        "zoneId": "{lb_zone}",
    },
    "aws:globalaccelerator/customRoutingAccelerator:CustomRoutingAccelerator": {
        "dnsName": "{hex17}.awsglobalaccelerator.com",
        "hostedZoneId": "Z2BJ6XQ5FK7U4H",
    },
    "aws:lightsail/containerService:ContainerService": {
        "url": "https://{name}.{hex12}.{region}.cs.amazonlightsail.com/",
        "privateDomainName": "{name}.service.local",
    },
    "aws:lightsail/distribution:Distribution": {"domainName": "{hex14}.cloudfront.net"},
    "aws:lightsail/lb:Lb": {"dnsName": "{hex32}-{dec10}.{region}.elb.{suffix}"},
    "aws:alb/listener:Listener": {"sslPolicy": "ELBSecurityPolicy-2016-08"},
    "aws:alb/loadBalancer:LoadBalancer": _LB_OUTPUTS,
    "aws:alb/targetGroup:TargetGroup": _TARGET_GROUP,
    "aws:apigateway/deployment:Deployment": {
        "invokeUrl": "https://{restApi}.execute-api.{region}.{suffix}/",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{restApi}/",
    },
    "aws:apigateway/restApi:RestApi": {
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}",
        "rootResourceId": "{hex10:root}",
        "createdDate": "{moment}",
    },
    "aws:apigateway/stage:Stage": {
        "invokeUrl": "https://{restApi}.execute-api.{region}.{suffix}/{stageName}",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{restApi}/{stageName}",
    },
    "aws:apigatewayv2/api:Api": {
        "apiEndpoint": "{ws_scheme}://{id}.execute-api.{region}.{suffix}",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}",
    },
    "aws:apigatewayv2/domainName:DomainName": {},
    "aws:apigatewayv2/stage:Stage": {
        "invokeUrl": "https://{apiId}.execute-api.{region}.{suffix}/{stage_path}",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{apiId}/{name}",
    },
    "aws:cloudfront/distribution:Distribution": {
        "domainName": "d{hex13}.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
        "status": "Deployed",
        "callerReference": "{moment}",
        "lastModifiedTime": "{moment}",
        "httpVersion": "http2",
        "priceClass": "PriceClass_All",
    },
    "aws:cloudfront/originAccessIdentity:OriginAccessIdentity": {
        "cloudfrontAccessIdentityPath": "origin-access-identity/cloudfront/{id}",
        "iamArn": "arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity {id}",
        "s3CanonicalUserId": "{hex64}",
    },
    "aws:ec2/defaultSubnet:DefaultSubnet": {
        "ownerId": "{account}",
        "availabilityZoneId": "{zone_id}",
        "cidrBlock": "172.31.0.0/20",
        "vpcId": "{default_vpc}",
    },
    "aws:ec2/defaultVpc:DefaultVpc": {
        "ownerId": "{account}",
        "cidrBlock": "172.31.0.0/16",
        "defaultNetworkAclId": "{default_acl}",
        "defaultRouteTableId": "{default_rtb}",
        "mainRouteTableId": "{default_rtb}",
        "defaultSecurityGroupId": "{default_sg}",
        "dhcpOptionsId": "{default_dopt}",
        "enableDnsHostnames": True,
        "enableDnsSupport": True,
        "instanceTenancy": "default",
    },
    "aws:ec2/eip:Eip": {
        "allocationId": "{id}",
        "domain": "vpc",
        "publicIp": "{public_ip}",
        "publicDns": "ec2-{public_ip_dashed}.{compute_domain}",
        "publicIpv4Pool": "amazon",
        "networkBorderGroup": "{region}",
    },
    "aws:ec2/instance:Instance": {
        "availabilityZone": "{zone}",
        "instanceState": "running",
        "privateIp": "{private_ip}",
        "privateDns": "ip-{private_ip_dashed}.{internal_domain}",
        "publicIp": "{public_ip}",
        "publicDns": "ec2-{public_ip_dashed}.{compute_domain}",
        "primaryNetworkInterfaceId": "eni-{hex17:eni}",
        "subnetId": "subnet-{hex17:subnet}",
        "vpcSecurityGroupIds": ["sg-{hex17:sg}"],
        "sourceDestCheck": True,
        "tenancy": "default",
    },
    "aws:ec2/internetGateway:InternetGateway": {"ownerId": "{account}"},
    "aws:ec2/keyPair:KeyPair": {"keyPairId": "key-{hex17}", "fingerprint": "{hex32}", "keyType": "rsa"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1, "defaultVersion": 1},
    "aws:ec2/natGateway:NatGateway": {
        "networkInterfaceId": "eni-{hex17:eni}",
        "publicIp": "{public_ip}",
        "privateIp": "{private_ip}",
        "connectivityType": "public",
    },
    "aws:ec2/networkInterface:NetworkInterface": {
        "privateDnsName": "ip-{private_ip_dashed}.{internal_domain}",
        "privateIp": "{private_ip}",
        "privateIps": ["{private_ip}"],
        "macAddress": "0a:1b:2c:3d:4e:5f",
    },
    "aws:ec2/routeTable:RouteTable": {"ownerId": "{account}"},
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {},
    "aws:ec2/securityGroup:SecurityGroup": {
        "ownerId": "{account}",
        "vpcId": "{default_vpc}",
        "description": "Managed by Pulumi",
    },
    "aws:ec2/subnet:Subnet": {
        "ownerId": "{account}",
        "availabilityZone": "{zone}",
        "availabilityZoneId": "{zone_id}",
        "privateDnsHostnameTypeOnLaunch": "ip-name",
    },
    "aws:ec2/vpnConnection:VpnConnection": {
        "tunnel1Address": "{public_ip}",
        "tunnel1CgwInsideAddress": "169.254.10.2",
        "tunnel1VgwInsideAddress": "169.254.10.1",
        "tunnel2Address": "198.51.100.20",
        "tunnel2CgwInsideAddress": "169.254.11.2",
        "tunnel2VgwInsideAddress": "169.254.11.1",
    },
    "aws:ec2/vpc:Vpc": {
        "ownerId": "{account}",
        "cidrBlock": "10.0.0.0/16",
        "ipv6CidrBlock": "{vpc_ipv6}",
        "defaultNetworkAclId": "acl-{hex17:acl}",
        "defaultRouteTableId": "rtb-{hex17:rtb}",
        "mainRouteTableId": "rtb-{hex17:rtb}",
        "defaultSecurityGroupId": "sg-{hex17:sg}",
        "dhcpOptionsId": "dopt-{hex17:dopt}",
        "enableDnsSupport": True,
        "instanceTenancy": "default",
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        "ownerId": "{account}",
        "state": "available",
        "prefixListId": "pl-{hex8}",
        "vpcEndpointType": "Gateway",
        "dnsEntries": [{"dnsName": "{id}.{serviceName}", "hostedZoneId": "Z{HEX13}"}],
    },
    "aws:route53/record:Record": {"fqdn": "{name}"},
    "aws:route53/zone:Zone": {
        "zoneId": "{id}",
        "nameServers": [
            "ns-1.awsdns-00.com",
            "ns-512.awsdns-00.net",
            "ns-1024.awsdns-00.org",
            "ns-1536.awsdns-00.co.uk",
        ],
        "primaryNameServer": "ns-1.awsdns-00.com",
        "comment": "Managed by Pulumi",
    },
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {"hostedZone": "Z{HEX20}"},
}
NETWORK |= {
    token.replace("aws:alb/", "aws:lb/"): outputs for token, outputs in NETWORK.items() if token.startswith("aws:alb/")
}
