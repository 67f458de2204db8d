import pulumi
import pulumi_random as random
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


props = {
    "m": {"a": {"n": 10}, "b": {"n": 20}, "c": {"n": 30}},
    "l": [10, 20],
    "o": {"deep": 1},
    "z": 1,
    "new": {"x": 1, "y": 2},
}
D("d", props, O(ignore_changes=["m[*].n", "l[2]", "o.deep", "z.k", "new.x"]))
random.RandomPassword("p", length=8, keepers={"new": "1"}, opts=O(ignore_changes=["keepers.new"]))
