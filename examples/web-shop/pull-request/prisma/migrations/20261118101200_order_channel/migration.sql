-- AlterTable
ALTER TABLE "orders" ADD COLUMN "channel" TEXT NOT NULL,
DROP COLUMN "legacy_ref";

-- CreateIndex
CREATE INDEX "orders_customer_id_created_at_idx" ON "orders"("customer_id", "created_at");

-- AlterTable
ALTER TABLE "shipments" ADD COLUMN "tracking_code" TEXT;
