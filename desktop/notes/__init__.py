"""The note editor in the bottom panel: piano roll and drum grid."""
