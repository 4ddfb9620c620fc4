"""Small widgets that know nothing of songs: values, meters, buttons, bars."""
