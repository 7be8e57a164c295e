"""What the API's doors stand: clients that are killed, deliveries while the database is away."""
