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


a = password("a")
i = random.RandomId("i", byte_length=2)
h = i.hex.apply(lambda text: "h" if text else "")
text = pulumi.Output.format("postgres://{}:{password}@{host}", "user", password=a.result, host=h)
random.RandomId("one", byte_length=2, prefix=pulumi.Output.concat("p-", h, "-"))
random.RandomId("two", byte_length=2, keepers={"url": text, "json": pulumi.Output.json_dumps({"a": [h, {"b": h}], "c": 1})})
D("d", x={"list": [1, h, {"deep": text}]}, y=pulumi.Output.all(a.length, h).apply(lambda v: v[0]), l=pulumi.Output.all(one=h, two=2))
pulumi.export("length", a.length.apply(lambda n: n * 2))
pulumi.export("list", [h, i.byte_length, text])
