-- AlterTable
ALTER TABLE "_InvoiceToUser" ADD CONSTRAINT "_InvoiceToUser_AB_pkey" PRIMARY KEY ("A", "B");

-- DropIndex
DROP INDEX "_InvoiceToUser_AB_unique";

-- RenameForeignKey
ALTER TABLE "Invoice" RENAME CONSTRAINT "Invoice_teamId_fkey" TO "Invoice_team_fkey";

-- RenameIndex
ALTER INDEX "Team_slug_key" RENAME TO "Team_slug_unique";

-- AlterTable
ALTER TABLE "User" ALTER COLUMN "createdAt" DROP DEFAULT,
ADD COLUMN     "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT now();

-- DropTable
DROP TABLE "Team" CASCADE;
