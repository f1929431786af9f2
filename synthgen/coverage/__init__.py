"""From "what does my data lack?" to a receipt: audits, plans, fills and receipts."""
