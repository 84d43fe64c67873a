"""Pure rules of warnings: their life, their colours, tests of many firms at once."""
