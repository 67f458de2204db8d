import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider, UpdateResult


class P(ResourceProvider):
    def configure(self, req):
        self.plain = req.config.require("plain")

    def create(self, props):
        return CreateResult("made", {**props, "configured": self.plain})

    def update(self, id, olds, news):
        return UpdateResult(news)


class D(Resource):
    def __init__(self, name, props, opts=None):
        super().__init__(P(), name, props, opts)


D("d", {"x": 2})
