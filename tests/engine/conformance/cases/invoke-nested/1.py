import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=ResourceOptions(**options))


key = tls.PrivateKey("k", algorithm="ED25519")
public = tls.get_public_key_output(private_key_openssh=key.private_key_openssh)
random.RandomId("id", byte_length=4, keepers={"p": public.public_key_fingerprint_sha256})
pulumi.export("algorithm", public.algorithm)
pulumi.export("plain", tls.get_public_key(private_key_pem="bad").algorithm if False else "none")
