"""The only place that imports engines and document libraries; chosen by dotted path in the settings."""
