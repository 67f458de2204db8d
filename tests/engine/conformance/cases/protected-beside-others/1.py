import pulumi
import pulumi_random as random
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


for name in ("a", "b", "c", "d"):
    password(name, protect=name in {"b", "c"})
