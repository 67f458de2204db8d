import pulumi
import pulumi_random as random
from pulumi import Output
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


ignored = O(ignore_changes=["a.x", "s.x", "l[1]"])
D("d", {"a": Output.secret({"x": "1", "y": "2"}), "s": {"x": "1", "y": "2"}, "l": [Output.secret("c"), "d"]}, ignored)
random.RandomPassword("p", length=8, keepers={"x": "1", "y": "two"}, opts=O(ignore_changes=["keepers.x"]))
