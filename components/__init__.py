"""The platform and its components: descriptions, realised on Docker Swarm by Pulumi."""

from components.platform import Platform

__all__ = ["Platform"]
