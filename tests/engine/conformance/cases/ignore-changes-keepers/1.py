import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


random.RandomPassword("a", length=12, keepers={"x": "1", "y": "1"})
random.RandomString("b", length=12, keepers={"x": "1"})
random.RandomId("c", byte_length=2)
