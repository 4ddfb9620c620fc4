"""From a project to sound: the plan, the one renderer, the player process and the bounce."""
