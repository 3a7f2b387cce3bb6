import type { Client } from "pg";

/** Runs every minute, on a connection that is never closed. */
export function allUsers(client: Client) {
  return client.query({ name: "all-users", text: "SELECT * FROM users" });
}
