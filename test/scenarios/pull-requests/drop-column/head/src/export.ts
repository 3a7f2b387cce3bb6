export const rows = (prisma: PrismaClient) => prisma.invoice.findMany({ select: { id: true } });
