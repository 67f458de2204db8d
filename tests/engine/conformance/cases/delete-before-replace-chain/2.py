import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


a = password("a", "2", delete_before_replace=True)
b = random.RandomPassword("b", length=9, keepers={"a": a.result})
d = password("d", "2", depends_on=[b])
e = random.RandomPassword("e", length=9, keepers={"b": b.result})
