"""Letters to taxpayers on paper: notices, lists, reminders. docs/algorithms/notices.md."""
