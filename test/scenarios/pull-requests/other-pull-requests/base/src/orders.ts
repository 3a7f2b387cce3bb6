export const find = () => db.query("SELECT id, legacy_ref FROM orders");
