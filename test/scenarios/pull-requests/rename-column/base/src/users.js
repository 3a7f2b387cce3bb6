exports.names = (knex) => knex("users").select("id", "name");
