"""The networks, in torch alone: nothing here knows scikit-learn."""
