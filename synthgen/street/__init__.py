"""Street furniture: lamps, signals, signs, trees and small things, and where they stand."""
