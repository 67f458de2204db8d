import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


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


a = D("a", x=3, first=True, fail="create"); b = D("b", x=a.made); c = D("c", y=b.made)
