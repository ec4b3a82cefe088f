"""What screens and reports read: rows as plain frozen values, never changed from here."""
