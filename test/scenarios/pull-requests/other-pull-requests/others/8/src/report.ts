export const report = () => db.query("SELECT count(*) FROM orders GROUP BY legacy_ref");
