exports.up = (knex) =>
  knex.schema.createTable("users", (table) => {
    table.bigIncrements("id");
    table.text("name");
  });

exports.down = (knex) => knex.schema.dropTable("users");
