import pulumi
import pulumi_random as random
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("my:index:Box", name, {}, opts)


z, y = password("z"), password("y")


def depend(args):
    return pulumi.ResourceTransformResult(args.props, O.merge(args.opts, O(depends_on=[z])))


def depend_some(args):
    return depend(args) if args.name in {"e", "f"} else None


pulumi.runtime.register_resource_transform(depend_some)
k = Box("k", O(transforms=[depend]))
password("a", parent=k)
password("b", parent=k, depends_on=[y])
password("c", transforms=[depend])
password("d", transforms=[depend], depends_on=[y])
password("e")
password("f", depends_on=[y])
