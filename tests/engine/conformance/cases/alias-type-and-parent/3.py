import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


outer = Box("house", kind="New")
inner = Box("house-inner", O(parent=outer), kind="NewInner")
password("house-inner-a", parent=inner)
password("bb", parent=inner)
password("cc", parent=outer)
password("d", parent=inner)
random.RandomId("f", byte_length=3)
