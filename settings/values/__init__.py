"""What a value of the file may be: names, regions, versions, durations."""
