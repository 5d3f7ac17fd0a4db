"""Mail: identities, their records, topics, configuration sets, receiving and senders."""
