"""The operator desk: deliveries and clearing cases."""
