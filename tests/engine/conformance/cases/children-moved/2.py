import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


one, two = Box("one"), Box("two")
password("one-a", parent=two, aliases=[pulumi.Alias(parent=one)])
password("renamed", parent=two, aliases=[pulumi.Alias(name="two-b")])
c = password("c", "2", parent=two, aliases=[pulumi.Alias(parent=one)])
random.RandomId("uses", byte_length=2, keepers={"c": c.result})
