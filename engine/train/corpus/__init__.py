"""Training material: crops of the composer's pieces with every truth known, and of a user's recordings.

`crops.crops(CropRequest(…))` streams pieces of sound with their truth; `folder.folder_crop` cuts
one from a folder of recordings; `write.write` puts whole pieces on disk. The music itself is `engine.compose`'s.
"""
