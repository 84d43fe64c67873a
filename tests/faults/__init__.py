"""What happens to acknowledged work when processes, disks and databases fail."""
