import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


k = tls.PrivateKey("k", algorithm="ED25519")
a = password("a")
p = tls.get_public_key_output(private_key_pem=k.private_key_pem, opts=pulumi.InvokeOutputOptions(depends_on=[a]))
random.RandomId("id", byte_length=2, keepers={"p": p.public_key_openssh})
pulumi.export("id", p.id)
pulumi.export("all", p)
