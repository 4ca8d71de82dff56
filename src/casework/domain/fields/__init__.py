"""Custom fields: from what people write to values, and what types of cases ask of them."""
