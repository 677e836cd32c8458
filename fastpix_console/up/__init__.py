"""The supervisor behind `make up`: starts every process of the console, keeps them running, stops them together."""
