"""Tell human movement from machine-made movement with Forward-Forward recurrent networks."""
