import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=ResourceOptions(**options))


from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult


class Provider(ResourceProvider):
    def check(self, olds, news):
        from pulumi.dynamic import CheckResult

        return CheckResult({**news, "checked": True}, [])

    def diff(self, id_, olds, news):
        changes = [key for key in ("size", "kind") if olds.get(key) != news.get(key)]
        replaces = ["kind"] if "kind" in changes else []
        return DiffResult(changes=bool(changes), replaces=replaces, stables=["stable"], delete_before_replace=True)

    def create(self, props):
        return CreateResult("id-" + props["kind"], {**props, "stable": "s", "derived": props["size"] * 2})

    def update(self, id_, olds, news):
        return UpdateResult({**news, "stable": "s", "derived": news["size"] * 2})

    def delete(self, id_, props):
        pass


class Thing(Resource):
    stable: pulumi.Output[str]
    derived: pulumi.Output[int]

    def __init__(self, name, size, kind, opts=None):
        super().__init__(Provider(), name, {"size": size, "kind": kind, "stable": None, "derived": None}, opts)


thing = Thing("t", 2, "k")
password("a", thing.stable)
password("b", thing.derived.apply(str))
