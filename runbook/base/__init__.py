"""What every command stands on: AWS, the checkout, outputs, secrets, errors."""
