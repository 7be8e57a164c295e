"""The pages of posts and their attempts."""
