import asyncio

import pulumi
import pulumi_tls as tls

FIXED = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIHXAUVFvLYFQkKcoSqWoIWdhSLV4qW5+WC0hjPqMOhvi
-----END PRIVATE KEY-----
"""


def other(args):
    return pulumi.InvokeTransformResult(args={"privateKeyPem": FIXED}, opts=args.opts)


def nothing(args):
    return None


async def later(args):
    await asyncio.sleep(0.01)
    return pulumi.InvokeTransformResult(args=args.args, opts=args.opts)


for transform in (other, nothing, later):
    pulumi.runtime.register_invoke_transform(transform)
key = tls.PrivateKey("k", algorithm="ED25519")
pulumi.export("key", tls.get_public_key_output(private_key_pem=key.private_key_pem).public_key_openssh)
