import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


def bad(args): raise Exception("hook says no")
def ok(args): pass
h = pulumi.ResourceHook("bad", bad); g = pulumi.ResourceHook("ok", ok, pulumi.ResourceHookOptions(on_dry_run=True))
a = password("a", "2", hooks=pulumi.ResourceHookBinding(before_create=[h], after_create=[g]))
b = password("b")
