"""The commands. A package only so that no other package called `scripts` comes before it."""
