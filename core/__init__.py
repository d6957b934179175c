"""The lower layer: it knows neither Discord, nor HTTP routes, nor the collective."""
