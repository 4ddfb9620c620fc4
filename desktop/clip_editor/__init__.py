"""The editor of one clip of audio: waveform over spectrogram, warp markers, pitch, gain envelope, takes."""
