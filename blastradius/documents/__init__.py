"""Files in, documents with line numbers out; the only room that knows YAML and JSON Schema."""

from blastradius.documents.tree import Document, File, LinedList, LinedMap

__all__ = ["Document", "File", "LinedList", "LinedMap"]
