"""Receipts: before, asked and got, per cell, with what stands behind each number."""
