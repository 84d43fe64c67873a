"""Gongmai."""
