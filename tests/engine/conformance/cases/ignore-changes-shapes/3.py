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


props = {"m": {"a": {"n": 11}}, "l": {"q": 1}, "o": {"deep": 2, "e": 1}, "z": {"k": 2}, "new": [1, 2, 3]}
D("d", props, O(ignore_changes=["m[*].n", "l[0]", "o.deep", "z.k[0]", "new[*]"]))
random.RandomPassword("p", length=8, opts=O(ignore_changes=["keepers.new"]))
