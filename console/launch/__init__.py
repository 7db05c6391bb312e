"""Starting the product on one machine: its parts, who watches them, what they leave behind."""
