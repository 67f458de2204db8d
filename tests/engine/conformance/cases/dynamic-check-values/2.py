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


class Q(ResourceProvider):
    def check(self, old, new):
        f = []
        if new.get("bad"): f.append(pulumi.dynamic.CheckFailure("bad", "is bad"))
        return CheckResult({**new, "n": str(new.get("n", 0)).upper()}, f)
    def create(self, p): return CreateResult(f"q-{p['n']}", {"n": p["n"], "computed": len(p["n"]), "null": None})
    def diff(self, id, o, n): return DiffResult(changes=o["n"] != n["n"], replaces=["n"] if len(o["n"]) != len(n["n"]) else [], stables=["computed"])
    def update(self, id, o, n): return UpdateResult({"n": n["n"], "computed": len(n["n"]), "extra": [1, None]})
    def read(self, id, p): return ReadResult(id, {**p, "read": True})
class R(Resource):
    def __init__(self, name, opts=None, **p): super().__init__(Q(), name, {"computed": None, **p}, opts)
r = R("r", n="cd")
s = R("s", n=r.computed.apply(lambda c: "x" * int(c)))
pulumi.export("c", r.computed)
