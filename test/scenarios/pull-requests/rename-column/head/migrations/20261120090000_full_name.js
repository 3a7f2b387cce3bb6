exports.up = async (knex) => {
  await knex.raw("SET LOCAL lock_timeout = '2s'");
  await knex.schema.alterTable("users", (table) => {
    table.renameColumn("name", "full_name");
  });
};

exports.down = (knex) =>
  knex.schema.alterTable("users", (table) => {
    table.renameColumn("full_name", "name");
  });
