"""Export: events in, tables for a program out."""
