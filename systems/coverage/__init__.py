"""What became of each service, link, secret, alert and target that the documents of the systems ask for."""

from systems.coverage.answers import Answer, CoverageError, Status
from systems.coverage.rows import Row, rows

__all__ = ["Answer", "CoverageError", "Row", "Status", "rows"]
