import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


order = []


async def slow(args):
    import asyncio
    await asyncio.sleep(0.01)
    if args.type_.startswith("random:"):
        args.props["keepers"] = {**(args.props.get("keepers") or {}), "stack": "s"}
        return pulumi.ResourceTransformResult(args.props, args.opts)


def on_box(args):
    if args.name == "b":
        args.props["keepers"]["box"] = "".join(args.props["keepers"])
        return pulumi.ResourceTransformResult(args.props, O.merge(args.opts, O(protect=True, ignore_changes=["length"], additional_secret_outputs=["length"])))


def on_self(args):
    args.props["keepers"]["self"] = "yes"
    args.props["length"] = pulumi.Output.from_input(args.props["length"]).apply(lambda n: n + 1)
    return pulumi.ResourceTransformResult(args.props, O.merge(args.opts, O(delete_before_replace=True, retain_on_delete=True, depends_on=[a])))


pulumi.runtime.register_resource_transform(slow)
a = password("a")
box = Box("box", O(transforms=[on_box]))
password("b", parent=box, transforms=[on_self])
password("c", parent=box)
