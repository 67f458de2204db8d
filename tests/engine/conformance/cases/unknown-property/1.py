import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=ResourceOptions(**options))


a = password("a")
pulumi.export("conditional", a.result.apply(lambda r: "long" if len(r) > 5 else "short"))
random.RandomId("pet", byte_length=a.result.apply(lambda r: 2 if r else 3))
