"""The function that makes a receipt rule set the active one."""
