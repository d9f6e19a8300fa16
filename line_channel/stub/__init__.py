"""A stand-in for LINE's servers, for tests and for `make run`: takes what the Messaging API takes,
refuses what it refuses, and breaks in the ways it breaks."""
