"""The web console: a room of views for each noun, forms in `forms/`, what every page shares here."""
