"""DynamoDB's expression language: text to tree to bound tree, and what bound trees do to items."""
