"""安居: the system of record for a rural housing safety programme."""

__version__ = "0.1.0"
