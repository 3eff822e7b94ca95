"""The parts of `reproduce_study.py`: data, splits, models, runs, tables and figures."""
