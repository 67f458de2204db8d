import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult


class P(ResourceProvider):
    def create(self, p):
        if p.get("fail") == "create":
            raise Exception("refused to create")
        return CreateResult("id-1", {**p, "made": "yes"})

    def diff(self, id, old, new):
        return DiffResult(changes=any(old.get(k) != new.get(k) for k in ("x", "y", "l", "m", "fail")))

    def update(self, id, old, new):
        if new.get("fail") == "update":
            raise Exception("refused to update")
        return UpdateResult({**new, "made": "again"})


class D(Resource):
    def __init__(self, name, opts=None, **p):
        super().__init__(P(), name, {"made": None, **p}, opts)


D("d", O(ignore_changes=['l[*].a']), x=1, l=[{'a': 7, 'b': 1}, {'a': 8, 'b': 2}], m={'k': 1, 'z': {'q': 1}})
