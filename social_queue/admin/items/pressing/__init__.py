"""What is pressed on items: the acts on many, and the buttons on one."""
