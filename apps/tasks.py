"""What every Celery application of ours does, whatever carries its messages."""

# mypy: disable-error-code="misc"

import logging
from typing import Any

import celery
from celery import signals

SECONDS = 2.0
"""How long a connection to what carries the messages may take."""

log = logging.getLogger(__name__)


def application(**settings: Any) -> celery.Celery:
    """A Celery application with these settings and our habits: a message is acknowledged after its work is done,
    nothing keeps results, nobody orders workers about, and only JSON is read.
    """
    app = celery.Celery("rempart", set_as_current=True)
    app.conf.update(
        broker_connection_timeout=SECONDS,
        broker_connection_max_retries=None,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        accept_content=["json"],
        enable_utc=True,
        **settings,
    )
    signals.setup_logging.connect(_keep_logging)
    signals.task_failure.connect(_log_failure)
    return app


def _keep_logging(**_: Any) -> None:
    """Being connected keeps Celery from setting up logs of its own."""


def _log_failure(sender: Any, exception: Exception, **_: Any) -> None:
    log.error("task failed", extra={"fields": {"task": sender.name, "error": type(exception).__name__}})
