import { DataSource } from "typeorm";
import { Order } from "./entity/order";

export const dataSource = new DataSource({
  type: "postgres",
  url: process.env.DATABASE_URL,
  entities: [Order],
  migrations: ["src/migrations/*.ts"],
  migrationsTransactionMode: "each",
});
