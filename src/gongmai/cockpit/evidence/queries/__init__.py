"""A figure's life: from filing and review (`figure`), from panel and indicators (`published`)."""
