import { prisma } from "../database.js";

export function createOrder(customerId: bigint, total: string) {
  return prisma.order.create({ data: { customerId, total } });
}
