export const find = () => db.query("SELECT id FROM orders");
