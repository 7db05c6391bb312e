"""Forms of the console: one module per noun, each turning posted text into a verb's arguments."""
