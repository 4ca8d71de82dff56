"""What happens by itself, beside the requests."""
