"""Users' own vehicles, people and objects: GLB and OBJ files that a manifest describes."""
