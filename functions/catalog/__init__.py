"""What functions there are: configuration, code packages, tags. Runs none of them."""
