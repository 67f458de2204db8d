import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


outer = Box("house", O(aliases=[pulumi.Alias(name="outer", type_="my:index:Old")]), kind="New")
inner = Box("house-inner", O(parent=outer, aliases=[pulumi.Alias(type_="my:index:OldInner")]), kind="NewInner")
password("house-inner-a", parent=inner)
password("bb", parent=inner, aliases=[pulumi.Alias(name="b", parent=outer)])
password("cc", parent=outer, aliases=["urn:pulumi:dev::alias-type-and-parent::random:index/randomPassword:RandomPassword::c"])
password("d", parent=inner, aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])
random.RandomId("f", byte_length=3, opts=O(aliases=[pulumi.Alias(name="e")]))
