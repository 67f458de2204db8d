import pulumi
import pulumi_random as random
from pulumi import Output
from pulumi.dynamic import CreateResult, Resource, ResourceProvider, UpdateResult


class P(ResourceProvider):
    def create(self, props):
        return CreateResult("made", props)

    def update(self, id, olds, news):
        return UpdateResult(news)


class D(Resource):
    def __init__(self, name, props, opts=None):
        super().__init__(P(), name, props, opts)


D("d", {"a": {"x": "one", "y": "two"}, "s": Output.secret({"x": "one", "y": "two"}), "l": ["a", Output.secret("b")]})
random.RandomPassword("p", length=8, keepers=Output.secret({"x": "one", "y": "two"}))
