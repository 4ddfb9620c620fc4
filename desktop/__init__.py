"""The Qt application. It builds engine objects once in `app.py` and connects every signal there."""
