import pulumi
from pulumi import ResourceOptions as O
from pulumi.dynamic import CreateResult, Resource, ResourceProvider, UpdateResult


class P(ResourceProvider):
    def create(self, props):
        return CreateResult("made", props)

    def update(self, id, olds, news):
        return UpdateResult(news)


class D(Resource):
    def __init__(self, name, props, opts=None):
        super().__init__(P(), name, props, opts)


props = {"m": {"a": {"n": 12}}, "l": [1], "o": {"deep": 3, "e": {"f": {"g": 1}}}, "new": [4, 5]}
D("d", props, O(ignore_changes=["m.*.n", "l[*]", "o.e.f.g", "new[-1]", "bad[", '["m"]']))
