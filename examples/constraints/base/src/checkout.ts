import type { Pool } from "pg";

export function placeOrder(pool: Pool, id: bigint, total: string) {
  return pool.query("INSERT INTO orders (id, total) VALUES ($1, $2)", [id, total]);
}
