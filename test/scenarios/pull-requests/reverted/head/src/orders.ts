export const find = () => db.query("SELECT id, account_id FROM orders");
