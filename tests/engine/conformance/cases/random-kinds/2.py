import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


random.RandomPassword("a", length=20, min_upper=3, min_numeric=2, override_special="_%@")
random.RandomString("b", length=8, upper=False, numeric=False, special=False, lower=True)
random.RandomInteger("c", min=6, max=6, keepers={"a": "1"})
random.RandomUuid("d", keepers={"k": "1"})

random.RandomShuffle("f", inputs=["y"])
random.RandomBytes("g", length=9, keepers={})
random.RandomId("h", byte_length=3, prefix="h-", keepers=None)
