import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


d = password("d", "3", delete_before_replace=True)
e = password("e", "2", parent=d, delete_before_replace=True)
