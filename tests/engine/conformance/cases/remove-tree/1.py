import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


outer = Box("outer")
inner = Box("inner", O(parent=outer))
a = password("a", parent=inner)
b = password("b", parent=a)
c = random.RandomId("c", byte_length=2, keepers={"b": b.result}, opts=O(parent=outer))
d = password("d", depends_on=[outer])
e = password("e", parent=d, delete_before_replace=True)
