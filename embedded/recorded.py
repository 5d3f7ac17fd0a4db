"""The types that the embedded AWS only writes down."""

# What a stack declares of these types appears in the stack and nowhere else: nothing is created, no
# AWS call would find it. Kept apart from ministack, so that a command can print it without
# importing it.
RECORDED_ONLY: tuple[str, ...] = ()


def recorded_only() -> tuple[str, ...]:
    """Name the types that are accepted but not created: to be shown to people, never hidden."""
    return RECORDED_ONLY
