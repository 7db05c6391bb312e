"""Tables and items: what DynamoDB stores and how it is read, written and described."""
