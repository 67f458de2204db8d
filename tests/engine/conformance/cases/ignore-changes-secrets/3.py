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


ignored = O(ignore_changes=["a", "s.*", "l[*]"])
D("d", {"a": {"x": "3", "y": "4"}, "s": Output.secret({"x": "3", "y": "4"}), "l": ["x", "y"]}, ignored)
random.RandomPassword("p", length=8, keepers=Output.secret({"x": "1", "y": "2"}), opts=O(ignore_changes=["keepers.*"]))
