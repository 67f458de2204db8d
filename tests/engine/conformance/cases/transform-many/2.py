import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


def on_box(args):
    return pulumi.ResourceTransformResult({**args.props, "keepers": {"only": args.type_}}, O.merge(args.opts, O(aliases=[pulumi.Alias(name="c")]))) if args.name == "d" else None


a = password("a")
box = Box("box", O(transforms=[on_box]))
password("b", "2", parent=box)
password("d", parent=box)
