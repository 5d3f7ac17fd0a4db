"""Access: who prepares changes, who executes them, and who only looks."""
