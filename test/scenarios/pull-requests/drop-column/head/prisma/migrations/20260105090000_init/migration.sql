CREATE TABLE "invoices" (
    "id" BIGINT NOT NULL,
    "legacy_ref" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    CONSTRAINT "invoices_pkey" PRIMARY KEY ("id")
);
