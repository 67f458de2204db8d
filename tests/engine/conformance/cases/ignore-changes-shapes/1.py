import pulumi
import pulumi_random as random
from pulumi.dynamic import CreateResult, Resource, ResourceProvider, UpdateResult


class P(ResourceProvider):
    def create(self, props):
        return CreateResult("made", props)

    def update(self, id, olds, news):
        return UpdateResult(news)


class D(Resource):
    def __init__(self, name, props, opts=None):
        super().__init__(P(), name, props, opts)


D("d", {"m": {"a": {"n": 1}, "b": {"n": 2}}, "l": [1, 2, 3], "o": 1, "z": {"k": [1]}})
random.RandomPassword("p", length=8)
