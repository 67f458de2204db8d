import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=ResourceOptions(**options))


class Inner(pulumi.ComponentResource):
    def __init__(self, name, epoch, opts=None):
        super().__init__("my:index:Inner", name, {"epoch": epoch}, opts)
        self.secret = password(f"{name}-secret", epoch, parent=self)
        self.register_outputs({"secret": self.secret.result})


class Outer(pulumi.ComponentResource):
    def __init__(self, name, epoch, opts=None):
        super().__init__("my:index:Outer", name, {}, opts)
        self.one = Inner(f"{name}-one", epoch, ResourceOptions(parent=self))
        self.two = Inner(f"{name}-two", "1", ResourceOptions(parent=self, depends_on=[self.one]))
        self.register_outputs({})


outer = Outer("o", "1")
password("after", depends_on=[outer])
pulumi.export("one", outer.one.secret.result)
