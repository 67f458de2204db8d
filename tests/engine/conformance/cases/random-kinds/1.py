import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


random.RandomPassword("a", length=20, min_upper=3, min_numeric=2, override_special="_%@", keepers={})
random.RandomString("b", length=8, upper=False, numeric=False, special=False)
random.RandomInteger("c", min=5, max=5, keepers={"a": "1"})
random.RandomUuid("d")

random.RandomShuffle("f", inputs=["x"], result_count=1)
random.RandomBytes("g", length=9)
random.RandomId("h", byte_length=3, prefix="h-")
