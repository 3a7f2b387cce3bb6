exports.names = (knex) => knex("users").select("id", "full_name");
