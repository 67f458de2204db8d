import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


k = tls.PrivateKey("k", algorithm="DSA")
