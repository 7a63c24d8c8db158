"""Say, before an access-control change is made, who will newly reach which class of data."""

__version__ = "0.1.0"
