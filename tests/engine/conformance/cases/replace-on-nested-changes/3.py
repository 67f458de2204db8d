import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


from pulumi.dynamic import CreateResult, Resource, ResourceProvider, UpdateResult


class P(ResourceProvider):
    def create(self, p):
        return CreateResult("id-1", p)

    def update(self, id, old, new):
        return UpdateResult(new)


class D(Resource):
    def __init__(self, name, opts=None, **p):
        super().__init__(P(), name, p, opts)


D("d", O(replace_on_changes=['l[*].a', 'm["k.x"]']), x=1, l=[{'a': 1, 'b': 9}, {'a': 3, 'b': 2}], m={'k.x': 1, 'z': {'q': [1]}})
