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


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, kind="Box", **props):
        super().__init__(f"my:index:{kind}", name, props, opts)


s = pulumi.Output.secret("s1")
box = Box("box", list=["x", s], map={"in": {"deep": [s]}}, plain=1)
box.register_outputs({"out": {"list": [s, 2]}, "plain": "p"})
d = D("d", O(additional_secret_outputs=["made"]), x=[{"a": s}, 1], m={"k": pulumi.Output.secret(None), "n": {"o": s}}, y=pulumi.Output.secret({"whole": ["object"]}))
pulumi.export("d", {"x": d.id, "made": s.apply(lambda v: [v])})
pulumi.export("format", pulumi.Output.format("{0}-{1}", s, "plain"))
pulumi.export("json", pulumi.Output.json_dumps({"a": [s]}))
pulumi.export("plain", pulumi.Output.json_loads(pulumi.Output.from_input('{"a": 1}')))
pulumi.export("empty", [{}, [], "", 0, False])
