"""Flower: who works on what, from the events that workers send. It only looks: it has no page that changes anything.

Behind a front that asks for a certificate, it asks for an account too: the user `operator` and the secret
`flower-password`.
"""

import os

from celery.events import EventReceiver
from flower import events  # type: ignore[import-not-found]
from flower.api import tasks, workers  # type: ignore[import-not-found]
from flower.app import Flower  # type: ignore[import-not-found]
from flower.options import options  # type: ignore[import-not-found]
from flower.urls import handlers, settings  # type: ignore[import-not-found]
from flower.views import monitor  # type: ignore[import-not-found]
from flower.views import tasks as task_pages
from flower.views import workers as worker_pages
from flower.views.error import NotFoundErrorHandler  # type: ignore[import-not-found]
from tornado.web import StaticFileHandler, url  # type: ignore[import-not-found]

from apps.broker import broker
from apps.links import Amqp, Links

USER = "operator"
LOOKING = {
    worker_pages.WorkersView, worker_pages.WorkerView, task_pages.TasksView, task_pages.TaskView,
    task_pages.TasksDataTable, workers.ListWorkers, tasks.ListTasks, tasks.ListTaskTypes, tasks.TaskInfo,
    monitor.Metrics, monitor.Healthcheck, StaticFileHandler,
}  # fmt: skip


class Listener(EventReceiver):  # type: ignore[misc]
    """Waits for workers to tell; nobody is woken."""

    def wakeup_workers(self, channel: object = None) -> None:
        """They tell by themselves."""


class Overview(Flower):  # type: ignore[misc]
    """Flower without inspection: workers take no orders, so they answer no questions either."""

    def update_workers(self, workername: str | None = None) -> list[object]:  # noqa: ARG002
        """Nobody is asked: the workers' own events say who is there."""
        return []


def _only_looking() -> None:
    """Pages link to each other by name, so those that are left out keep theirs, and answer 404."""
    rules = [it if isinstance(it, url) else url(*it) for it in handlers]
    for rule in rules:
        if rule.handler_class not in LOOKING:
            rule.handler_class = NotFoundErrorHandler
    handlers[:] = [rule for rule in rules if rule.name or rule.handler_class in LOOKING]


def main() -> None:
    """Serve on 127.0.0.1:$PORT until SIGTERM."""
    links = Links()
    options.basic_auth = [f"{USER}:{links.required_secret('flower-password').decode()}"]
    options.address, options.port = "127.0.0.1", int(os.environ["PORT"])
    options.enable_events, options.max_tasks = False, 10_000
    _only_looking()
    events.EventReceiver = Listener
    Overview(capp=broker(links.to("rabbitmq", Amqp)), options=options, **settings).start()


if __name__ == "__main__":
    main()
