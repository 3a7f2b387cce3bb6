import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("orders")
export class Order {
  @PrimaryColumn({ type: "bigint" })
  id: string;

  @Column({ type: "numeric" })
  total: string;
}
