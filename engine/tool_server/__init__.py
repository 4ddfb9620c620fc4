"""The shell's commands as tools of the Model Context Protocol, for other programs. Nothing listens unless asked to."""
