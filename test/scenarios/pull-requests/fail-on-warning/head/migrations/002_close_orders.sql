UPDATE orders SET account_id = 0;
