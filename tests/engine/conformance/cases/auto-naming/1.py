import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=ResourceOptions(**options))


from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class Provider(ResourceProvider):
    def create(self, props):
        return CreateResult("x", props)


class Thing(Resource):
    pass


Thing("same", Provider(), "ünï-cödé name with spaces/and slashes", {"k": "v"}) if False else None
password("ünï-cödé name with spaces/and.slashes")
password("a" * 120)
