"""What can go wrong with a backup, in words for whoever reads the log, the alert or the terminal."""


class BackupError(Exception):
    """One sentence: what failed, and where. Holds no secret."""


class BusyError(BackupError):
    """Another run is under way: nothing failed."""
