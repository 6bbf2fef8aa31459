"""What a form request is: values and rules, no I/O."""
