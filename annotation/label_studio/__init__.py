"""The room that knows Label Studio: tasks, regions, the connection, a local server. Made for server 1.23, SDK 2.1."""
