import pulumi
import pulumi_random as random
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


hooks = [pulumi.ResourceHook("h", lambda args: None) for _ in range(2)]
password("a", hooks=pulumi.ResourceHookBinding(before_create=hooks[:1]))
