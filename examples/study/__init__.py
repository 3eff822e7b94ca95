"""What `reproduce_study.py` is made of: data, splits, models, runs, tables and figures."""
