"""Where people and SDKs come in: the web console and the AWS-compatible gateway."""
