"""The backup program: dumps a PostgreSQL database on schedule, sealed and proven, and keeps what its rules say."""
