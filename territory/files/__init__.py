"""A network in files: GeoJSON or CSV, read row by row with every fault, and written again."""
