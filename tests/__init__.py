"""Tests of the whole, and the kit that all tests build on."""
