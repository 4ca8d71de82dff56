"""World files: tenants, people, catalogue and cases as one document, applied again and again (WORLD.md)."""

from casework.casebook.world.applying import Applied, Ids, apply
from casework.casebook.world.document.reading import World, load, load_value
from casework.casebook.world.document.writing import dump
from casework.casebook.world.exporting import export

__all__ = ["Applied", "Ids", "World", "apply", "dump", "export", "load", "load_value"]
