"""The pure core: no I/O, no clock, no randomness. Given a case, a command and who asks, it answers with events."""
