"""The vocabulary in which a system is written: plain frozen descriptions, valid when they exist, without Pulumi."""

from diagram.backup import Backup, Retention
from diagram.balancing import Balancer, LoadBalancer
from diagram.boundary import Edge, Egress, Forward, Gateway, Proxy, Route
from diagram.description import Host
from diagram.documents import DocumentStore
from diagram.jobs import Job, Jobs
from diagram.link import Link, Protocol
from diagram.monitoring import Alerting, Mail, Monitor, Receiver
from diagram.objects import ObjectStore
from diagram.pooler import Pooler
from diagram.queue import Queue
from diagram.scale import Reservation, Scale, between
from diagram.schedule import Schedule
from diagram.secret import Secret
from diagram.service import Exporter, Health, Service, Use, Workers
from diagram.stateful import Cache, Database
from diagram.system import Addresses, Generation, System
from diagram.zone import Zone

__all__ = [
    "Addresses", "Alerting", "Backup", "Balancer", "Cache", "Database", "DocumentStore", "Edge", "Egress", "Exporter",
    "Forward", "Gateway", "Generation", "Health", "Host", "Job", "Jobs", "Link", "LoadBalancer", "Mail", "Monitor",
    "ObjectStore", "Pooler", "Protocol", "Proxy", "Queue", "Receiver", "Reservation", "Retention", "Route", "Scale",
    "Schedule", "Secret", "Service", "System", "Use", "Workers", "Zone", "between",
]  # fmt: skip
