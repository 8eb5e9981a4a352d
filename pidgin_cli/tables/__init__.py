"""Tables: the columns of each, and the rows that events make, for index and export alike."""
