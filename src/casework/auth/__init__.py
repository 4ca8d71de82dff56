"""From a credential to a `Principal`."""
