"""Shapes of answers: what the OpenAPI document promises and the tests hold every answer to."""
