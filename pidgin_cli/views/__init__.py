"""Views: events in, text for a person out."""
