"""Queues the scheduled tasks. Runs once; a second one would only repeat tasks that may be repeated."""

from celery.beat import Scheduler, Service

from apps.links import Links, Redis
from apps.queue import EXPIRE, REMIND, queue
from apps.service import serve_beside, service

# A task that waited past its next turn is dropped, so a stopped worker does not find a backlog.
SCHEDULE = {
    REMIND: {"task": REMIND, "schedule": 15.0, "options": {"expires": 15}},
    EXPIRE: {"task": EXPIRE, "schedule": 3600.0, "options": {"expires": 3600}},
}

if __name__ == "__main__":
    links = Links()
    app = queue(links.to("redis", Redis))
    app.conf.beat_schedule = SCHEDULE
    serve_beside(service(links))
    Service(app, scheduler_cls=Scheduler, max_interval=5).start()
