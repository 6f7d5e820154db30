"""What happens to a file over a lifetime: events and status, handovers, posts, proposals, verification, the life of collectives."""
