import { pool } from "../database.js";

/** The accounting system still knows orders of the old shop by their old number. */
export async function exportInvoices(since: Date) {
  const { rows } = await pool.query(
    `SELECT o.id, o.total, o.legacy_ref, c.email
       FROM orders o
       JOIN customers c ON c.id = o.customer_id
      WHERE o.created_at >= $1
      ORDER BY o.id`,
    [since],
  );
  return rows;
}
