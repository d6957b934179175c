"""Files on the disk: read without hanging, replaced whole, watched; knows nothing of what they hold."""
