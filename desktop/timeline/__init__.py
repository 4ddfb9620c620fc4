"""The arrangement on the screen: ruler, track headers and the painted timeline."""
