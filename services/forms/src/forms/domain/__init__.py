"""What forms are: documents, answers, scores, requests. Values and rules, no I/O."""
