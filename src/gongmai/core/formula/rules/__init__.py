"""The pure rules of the language: text in, checked tree out, SQL and sentences from the tree."""
