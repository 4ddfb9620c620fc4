"""What the mouse does while it is held down: each gesture is an edit in the making."""
