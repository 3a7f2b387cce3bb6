import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

export function createUser(name: string) {
  return prisma.users.create({ data: { display_name: name } });
}

export function findByName(name: string) {
  return prisma.users.findMany({ where: { display_name: name } });
}
