"""The inspector of the selected clips."""
