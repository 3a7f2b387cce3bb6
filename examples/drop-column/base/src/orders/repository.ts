import type { DataSource } from "typeorm";

export function byReference(dataSource: DataSource, reference: string) {
  return dataSource.query("SELECT id, total FROM orders WHERE legacy_ref = $1", [reference]);
}
