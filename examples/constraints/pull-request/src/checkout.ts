import type { Pool } from "pg";

export function placeOrder(pool: Pool, id: bigint, account: bigint, total: string) {
  return pool.query("INSERT INTO orders (id, account_id, total) VALUES ($1, $2, $3)", [id, account, total]);
}
