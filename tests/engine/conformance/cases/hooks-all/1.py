import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=ResourceOptions(**options))


import sys


def note(args):
    print("HOOK", args.name, file=sys.stderr)


def hook(name):
    return pulumi.ResourceHook(name, note)


every = {point: [hook(point)] for point in ("before_create", "after_create", "before_update", "after_update", "before_delete", "after_delete")}
password("a", hooks=pulumi.ResourceHookBinding(**every))
