"""Many real requests at once against the real server on PostgreSQL; each race has its negative
control: with the protection taken away it must go wrong, else the race proves nothing."""
