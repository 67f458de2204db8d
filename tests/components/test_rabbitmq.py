"""What RabbitMQ is told of its callers."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.text import rabbitmq
from diagram import Link, Protocol, Queue

IMAGE = "rempart/any:sha256-" + "0" * 64
QUEUES = ("urgent", "normal")
BROKER = Queue(name="rabbitmq", image=IMAGE, virtual_host="shop", queues=QUEUES)
RIGHTS = st.fixed_dictionaries(
    {
        "sends": st.lists(st.sampled_from(QUEUES), unique=True).map(tuple),
        "takes": st.lists(st.sampled_from(QUEUES), unique=True).map(tuple),
        "watches": st.booleans(),
    }
)


def amqp(**rights: Any) -> Link:
    return Link(caller="api", callee="rabbitmq", protocol=Protocol.amqp, port=5671, **rights)


@given(RIGHTS)
def test_a_callers_rights_at_a_broker_are_its_links_and_no_more(given: dict[str, Any]) -> None:
    """Whoever only sends reads nothing, whoever only takes writes nothing but events, and nobody makes a queue."""
    text = rabbitmq.definitions(BROKER, {"api_g1": amqp(**given)})
    (rights,) = json.loads(text)["permissions"]

    def may(right: str) -> set[str]:
        names = (*QUEUES, "celeryev", "celeryev.6d0e", "amq.default", "urgent2", "reply.celery.pidbox")
        return {name for name in names if re.search(rights[right], name)}

    own = {"celeryev.6d0e"} if given["watches"] else set()
    assert may("write") == {*given["sends"], *own, *({"celeryev"} if given["takes"] else ())}
    assert may("read") == {*given["takes"], *own, *({"celeryev"} if given["watches"] else ())}
    assert may("configure") == own


def test_a_brokers_users_are_the_accepted_generations_and_have_no_password() -> None:
    known = {f"api_g{number}": amqp(sends=("urgent",)) for number in (2, 1)}
    users = json.loads(rabbitmq.definitions(BROKER, known))["users"]
    assert [(it["name"], it["password_hash"], it["tags"]) for it in users] == [("api_g1", "", []), ("api_g2", "", [])]
