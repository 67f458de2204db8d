import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


a = password("a", "1", delete_before_replace=True)
b = random.RandomPassword("b", length=9, keepers={"a": a.result})
c = random.RandomPassword("c", length=9, keepers={"b": b.result}, opts=O(retain_on_delete=True))
d = password("d", "1", depends_on=[c])
