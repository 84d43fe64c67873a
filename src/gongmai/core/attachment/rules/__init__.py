"""What a file is, judged by its content: pure functions over bytes."""
