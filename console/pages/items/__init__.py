"""Pages of items: exploring, the editor, files in and out, generated load, PartiQL."""
