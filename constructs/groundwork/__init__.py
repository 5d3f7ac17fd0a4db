"""The constructs of Groundwork: one idea each, in the words of the configuration."""
