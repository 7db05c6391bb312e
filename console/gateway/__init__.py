"""The AWS endpoint: HTTP in, one AWS operation, HTTP out."""
