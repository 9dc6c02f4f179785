"""What is paid for an order and given back: payments, refunds, and what limits both."""
