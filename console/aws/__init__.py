"""The AWS accent, without a database: ARNs, errors, ids, time, the operation registry and the wire."""
