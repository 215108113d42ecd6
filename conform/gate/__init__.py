"""What a project agrees on around a run: its policy, its known failures, and what changed since."""
