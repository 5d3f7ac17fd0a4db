"""The `groundwork` command: what a person does, where no template can."""
