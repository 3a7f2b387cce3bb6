/**
 * Unleash wrote some of its early migrations with db-migrate's schema builder. What that sends, by the file's time.
 * A type `string` is `VARCHAR`, with its length behind it; `int` is `INTEGER`.
 */
export const builtByUnleash: Readonly<Record<string, string>> = {
  "20161205203516": `CREATE TABLE client_applications (app_name VARCHAR (255) PRIMARY KEY NOT NULL,
    created_at TIMESTAMP DEFAULT 'now()', updated_at TIMESTAMP DEFAULT 'now()', seen_at TIMESTAMP, strategies JSON,
    description VARCHAR (255), icon VARCHAR (255), url VARCHAR (255), color VARCHAR (255));`,
  "20161212101749": `ALTER TABLE strategies ADD COLUMN parameters JSON;
    ALTER TABLE strategies DROP COLUMN parameters_template;`,
  "20170211085502": `ALTER TABLE strategies ADD COLUMN built_in INTEGER DEFAULT 0;`,
  "20200102184820": `CREATE TABLE context_fields (name VARCHAR (255) PRIMARY KEY NOT NULL, description TEXT,
    sort_order INTEGER DEFAULT 10, legal_values TEXT, created_at TIMESTAMP DEFAULT 'now()', updated_at TIMESTAMP DEFAULT 'now()');`,
  "20200227202711": `CREATE TABLE settings (name VARCHAR (255) PRIMARY KEY NOT NULL, content JSON);`,
  "20200416201319": `CREATE TABLE users (id SERIAL PRIMARY KEY NOT NULL, name VARCHAR (255), username VARCHAR (255) UNIQUE,
    system_id VARCHAR (255), email VARCHAR (255) UNIQUE, image_url VARCHAR (255), password_hash VARCHAR (255),
    login_attempts INTEGER DEFAULT 0, created_at TIMESTAMP DEFAULT 'now()', seen_at TIMESTAMP);`,
  "20200805091409": `CREATE TABLE feature_types (id VARCHAR (255) PRIMARY KEY NOT NULL, name VARCHAR NOT NULL,
    description VARCHAR, lifetime_days INTEGER);`,
  "20200805094311": `ALTER TABLE features ADD COLUMN type VARCHAR DEFAULT 'release';`,
  "20200806091734": `ALTER TABLE features ADD COLUMN stale BOOLEAN DEFAULT false;`,
  "20200928194947": `CREATE TABLE projects (id VARCHAR (255) PRIMARY KEY NOT NULL, name VARCHAR NOT NULL,
    description VARCHAR, created_at TIMESTAMP DEFAULT 'now()');`,
  "20200928195238": `ALTER TABLE features ADD COLUMN project VARCHAR DEFAULT 'default';`,
};
