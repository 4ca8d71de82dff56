"""What administrators set up beside the lookups: rights, custom fields, kinds of communications."""
