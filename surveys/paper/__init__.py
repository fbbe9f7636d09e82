"""A job on paper: the plan of survey at a true scale, the field book, and the report."""
