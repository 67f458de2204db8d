import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=ResourceOptions(**options))


s = pulumi.Output.secret("1")
a = random.RandomPassword("a", length=12, keepers={"e": s, "n": "plain"})
b = random.RandomId("b", byte_length=2, prefix=s, keepers={"all": pulumi.Output.all(a.length, a.result).apply(lambda p: str(p[0]))})
pulumi.export("deep", {"list": [a.result, "x"], "unsecret": pulumi.Output.unsecret(s), "b": b.prefix})
c = random.RandomId("c", byte_length=pulumi.Output.secret(3), opts=ResourceOptions(additional_secret_outputs=["hex", "dec"]))
pulumi.export("hex", c.hex)
