"""One way to write a moment everywhere: “Tue 1 Dec 2026, 12:30 WIB”, a day of 24 hours, and always the zone."""

DATE_FORMAT = "D j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "D j M Y, H:i T"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i T"
