"""The questions that `bench_speed.py` asks, and what they share."""
