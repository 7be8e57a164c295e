"""What an MP4 or MOV file says of itself, read piece by piece: a video is never held in memory."""
