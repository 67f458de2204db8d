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
        return CreateResult("id-1", {**p, "made": True})

    def diff(self, id, old, new):
        changed = [k for k in ("x", "y", "fail") if old.get(k) != new.get(k)]
        return DiffResult(changes=bool(changed), replaces=["x"] if "x" in changed else [], delete_before_replace=bool(new.get("first")))

    def update(self, id, old, new):
        if new.get("fail") == "update":
            raise Exception("refused to update")
        return UpdateResult({**new, "made": False})

    def delete(self, id, p):
        if p.get("fail") == "delete":
            raise Exception("refused to delete")


class D(Resource):
    def __init__(self, name, opts=None, **p):
        super().__init__(P(), name, {"made": None, **p}, opts)


a = D("a", x=1.5, big=2**53, neg=-3, text="äöü \u2028 <&>", empty={}, none=None, l=[1, None, {"a": None}], s=pulumi.Output.secret({"k": [1, "drei"]}), b=True, f=1e21, y=[])
pulumi.export("all", a.made)
