"""Pure rules: wording, quiet hours, message formats, the fence around webhook addresses."""
