/** Each operation of node-pg-migrate's builder, against the SQL that the package itself makes of it. */
import { MigrationBuilder } from "node-pg-migrate";
import { describe, expect, it } from "vitest";
import { memoryTree } from "../../../src/change/overlay-tree.js";
import { parseProgram } from "../../../src/change/parse-program.js";
import { Listing } from "../../../src/migrations/listing.js";
import { nodePgMigrate } from "../../../src/migrations/node-pg-migrate.js";
import { splitStatements } from "../../../src/postgres/lexer.js";
import { parseTree } from "../../../src/postgres/libpg-query.js";

/** What a migration calls on `pgm`. */
const CALLS: readonly string[] = [
  "createTable('t', {id: 'id', a: {type:'varchar(10)', notNull: true, default: 'x', unique: true, check: 'a > 1'}, b: {type:'int', references: 'users', onDelete: 'CASCADE', onUpdate:'SET NULL', match:'FULL', deferrable: true, deferred: true}, c: 'bool', d: {type:'string', array: true, comment:'hello'}, e: {type:'uuid', references: {schema:'s', name:'u'}, referencesConstraintName:'fk'}, f: {type:'datetime', default: pgm.func('now()')}, g: {type:'text', default: null}, h: {type:'int', default: [1, 2]} })",
  "createTable({schema:'app', name:'t'}, {a:{type:'int', primaryKey:true}, b:{type:'int', primaryKey:true}, s:{type:'int', sequenceGenerated:{precedence:'ALWAYS', start: 5}}, x: {type:'int', expressionGenerated:'a + b'}}, {ifNotExists:true, comment:'c', constraints:{unique:['a','b'], check:['a > 1','b > 2'], foreignKeys:{columns:'a', references:'u(id)'}, exclude:'USING gist (a WITH =)'}, unlogged:true})",
  "createTable('t', {a:'int'}, {temporary:true, inherits:'p', constraints:{unique:[['a'],['a','b']], primaryKey:'a', deferrable:true}})",
  "createTable('t', {}, {like:{table:'o', options:{including:['ALL'], excluding:'INDEXES'}}})",
  "createTable('t', {a:'int'}, {partition:{strategy:'RANGE', columns:['a',{name:'b',collate:'de',opclass:'x'}]}})",
  "addColumns('t', {a:'int', b:{type:'text', notNull:true}}, {ifNotExists:true})",
  "addColumn('t', {a:'int'})",
  "dropColumns('t', ['a','b'], {ifExists:true, cascade:true})",
  "dropColumn('t','a')",
  "dropColumns('t', {a:1,b:2})",
  "alterColumn('t','a',{type:'int', using:'a::int', collation:'x', default:5, notNull:true, comment:'c'})",
  "alterColumn('t','a',{default:null, allowNull:true})",
  "alterColumn('t','a',{notNull:false, sequenceGenerated:{precedence:'BY DEFAULT'}})",
  "alterColumn('t','a',{sequenceGenerated:false})",
  "alterTable('t',{levelSecurity:'ENABLE'})",
  "addConstraint('t','n','CHECK (a > 1) NOT VALID')",
  "addConstraint('t',null,{check:'a > 1'})",
  "addConstraint('t','n',{foreignKeys:{columns:['a','b'], references:'u(a,b)', onDelete:'CASCADE'}, comment:'hi'})",
  "createConstraint('t','n',{unique:'a'})",
  "addConstraint('t',null,{primaryKey:['a']})",
  "dropConstraint('t','n',{ifExists:true,cascade:true})",
  "renameConstraint('t','a','b')",
  "renameColumn('t','a','b')",
  "renameTable('t','u')",
  "dropTable('t',{ifExists:true,cascade:true})",
  "createIndex('t','a')",
  "createIndex('t',['a','b'],{unique:true, concurrently:true, ifNotExists:true, method:'gin', where:'a > 1', include:['c','d'], name:'n'})",
  "createIndex({schema:'s',name:'t'},[{name:'a',sort:'DESC',opclass:{schema:'x',name:'o'}},'lower(b)'])",
  "createIndex('t', 'a', {unique:true, nulls:'not distinct'})",
  "addIndex('t','a')",
  "dropIndex('t','a',{concurrently:true,ifExists:true,cascade:true})",
  "dropIndex('t',['a','b'],{unique:true})",
  "renameIndex('a','b')",
  "addExtension('a')",
  "addType('k', ['a'])",
  "createExtension(['a','b'],{ifNotExists:true, schema:'x'})",
  "dropExtension('a',{ifExists:true})",
  "createType('k',['a','b'])",
  "createType('k',{a:'int',b:'string'})",
  "dropType('k',{cascade:true})",
  "renameType('a','b')",
  "addTypeAttribute('t','a','int')",
  "dropTypeAttribute('t','a',{ifExists:false})",
  "setTypeAttribute('t','a','int')",
  "renameTypeAttribute('t','a','b')",
  "addTypeValue('t','v',{ifNotExists:true,before:'x'})",
  "addTypeValue('t','v',{after:'x'})",
  "renameTypeValue('t','a','b')",
  "createRole('r')",
  "createRole('r',{superuser:true, login:true, limit:3, valid:'2030-01-01', inRole:['a','b'], role:'c', admin:'d'})",
  "alterRole('r',{login:true})",
  "dropRole('r',{ifExists:true})",
  "renameRole('a','b')",
  "createFunction('f',['int',{mode:'IN',name:'a',type:'text',default:'x'}],{returns:'int', language:'plpgsql', replace:true, behavior:'IMMUTABLE', security:'DEFINER', parallel:'SAFE', onNull:true, window: false, set:[{configurationParameter:'search_path', value:'x'},{configurationParameter:'y', value:'FROM CURRENT'}]}, 'BEGIN RETURN 1; END;')",
  "dropFunction('f',['int'],{ifExists:true})",
  "renameFunction('f',[],'g')",
  "createTrigger('t','n',{when:'BEFORE', operation:['INSERT','UPDATE'], level:'ROW', function:'f', functionParams:['a',1], condition:'NEW.a > 1'})",
  "createTrigger('t','n',{when:'AFTER', operation:'DELETE', constraint:true, deferrable:true, deferred:true, level:'ROW', language:'plpgsql'}, 'BEGIN RETURN NEW; END;')",
  "dropTrigger('t','n',{ifExists:true})",
  "renameTrigger('t','a','b')",
  "createSchema('s',{ifNotExists:true, authorization:'x'})",
  "dropSchema('s',{cascade:true})",
  "renameSchema('a','b')",
  "createDomain('d','int',{default:1, notNull:true, constraintName:'c'})",
  "createDomain('d','int',{check:'VALUE > 1', collation:'\"C\"'})",
  "alterDomain('d',{default:null, notNull:true})",
  "dropDomain('d')",
  "renameDomain('a','b')",
  "createSequence('s',{temporary:true, ifNotExists:true, type:'int', increment:2, minvalue:1, maxvalue:null, start:3, cache:4, cycle:true, owner:'t.a'})",
  "alterSequence('s',{restart:5, cycle:false, owner:null})",
  "dropSequence('s')",
  "renameSequence('a','b')",
  "createOperator('==',{procedure:'f', left:'int', right:'int', commutator:'=', negator:'!=', restrict:'r', join:'j', hashes:true, merges:true})",
  "dropOperator('==',{left:'int', ifExists:true})",
  "createOperatorClass('c','int','btree',[{type:'operator',number:1,name:'<'},{type:'function',number:1,name:'f',params:['int','int']}],{default:true,family:'x'})",
  "dropOperatorClass('c','btree')",
  "renameOperatorClass('a','btree','b')",
  "createOperatorFamily('c','btree')",
  "dropOperatorFamily('c','btree')",
  "renameOperatorFamily('a','btree','b')",
  "addToOperatorFamily('a','btree',[{type:'function',number:1,name:'f',params:['int','int']}])",
  "removeFromOperatorFamily('a','btree',[{type:'function',number:1,name:'f',params:['int','int']}])",
  "createPolicy('t','p',{role:['a','b'], using:'true', check:'false', command:'SELECT'})",
  "createPolicy('t','p')",
  "alterPolicy('t','p',{using:'x'})",
  "dropPolicy('t','p',{ifExists:true})",
  "renamePolicy('t','a','b')",
  "createView('v',{replace:true, columns:['a'], checkOption:'LOCAL', options:{security_barrier:true}},'SELECT 1')",
  "dropView('v')",
  "alterView('v',{checkOption:'local', options:{a:null}})",
  "alterViewColumn('v','a',{default:1})",
  "renameView('a','b')",
  "createMaterializedView('v',{ifNotExists:true, columns:['a'], data:false, tablespace:'t', storageParameters:{x:1}},'SELECT 1')",
  "dropMaterializedView('v')",
  "alterMaterializedView('v',{cluster:'i', storageParameters:{a:1,b:null}})",
  "renameMaterializedView('a','b')",
  "renameMaterializedViewColumn('v','a','b')",
  "refreshMaterializedView('v',{concurrently:true})",
  "refreshMaterializedView('v',{data:false})",
  "grantRoles('a','b',{withAdminOption:true})",
  "revokeRoles('a','b',{onlyAdminOption:true,cascade:true})",
  "grantOnSchemas({privileges:['USAGE'], schemas:['s'], roles:['PUBLIC','x'], withGrantOption:true})",
  "revokeOnSchemas({privileges:'ALL', schemas:'s', roles:'x'})",
  "grantOnTables({privileges:['SELECT'], tables:['t'], roles:'x'})",
  "grantOnTables({privileges:'ALL', tables:'ALL', schema:'s', roles:'x'})",
  "revokeOnTables({privileges:['SELECT'], tables:['t'], roles:'x', cascade:true})",
  "createCast('a','b',{functionName:'f', as:'IMPLICIT'})",
  "createCast('a','b',{inout:true})",
  "dropCast('a','b',{ifExists:true})",
  "sql('SELECT {a}, {b}', {a:'x', b:1})",
  "sql('UPDATE t SET a = 1; DELETE FROM t')",
];

function builder(): MigrationBuilder {
  return new MigrationBuilder({} as never, undefined, false, console);
}

/** The statements that the package makes of a call; reversed, those that undo it. */
function made(call: string, reversed: boolean): readonly string[] {
  const pgm = builder();
  if (reversed) pgm.enableReverseMode();
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the fixtures are our own, and are text for the evaluator
    (new Function("pgm", `pgm.${call}`) as (pgm: MigrationBuilder) => void)(pgm);
  } catch (error) {
    // It says of some calls that they cannot be undone.
    if (!reversed) throw error;
    return [];
  }
  return pgm.getSqlSteps().flatMap((step) => splitStatements(step).map(([start, end]) => step.slice(start, end)));
}

function evaluated(call: string, way: "up" | "down"): readonly string[] {
  const text = `exports.up = (pgm) => { pgm.${call}; };`;
  const file = "migrations/1_change.js";
  const tree = memoryTree(
    new Map([
      [file, text],
      ["package.json", '{ "dependencies": { "node-pg-migrate": "9" } }'],
    ]),
    "head",
  );
  const sent = nodePgMigrate.open(new Listing(tree), "migrations").evaluate?.(text, file, tree);
  const { statements } = parseProgram(text, file, {
    up: (way === "up" ? sent?.up : sent?.down?.()) ?? [],
    comments: [],
  });
  return statements.map(({ sql }) => sql);
}

/** The parse tree without places; the text where PostgreSQL's grammar refuses it. */
function meaning(sql: string): string {
  const outcome = parseTree(sql);
  if (!outcome.ok) return sql.replace(/\s+/g, " ");
  return JSON.stringify(outcome.statements, (key, value: unknown) =>
    /location$|^stmt_len$|^list_(?:start|end)$/.test(key) ? undefined : value,
  );
}

describe("node-pg-migrate's builder", () => {
  it.each(CALLS)("sends what we say it sends: %s", (call) => {
    const sent = made(call, false);
    expect(sent).not.toEqual([]);
    expect(evaluated(call, "up").map(meaning)).toEqual(sent.map(meaning));
  });

  it.each(CALLS)("undoes what we say it undoes: %s", (call) => {
    expect(evaluated(call, "down").map(meaning)).toEqual(made(call, true).map(meaning));
  });

  it("has no method that is not called here", () => {
    const own = Object.entries(builder()).filter(([, value]) => typeof value === "function");
    const called = new Set(CALLS.map((call) => call.slice(0, call.indexOf("("))));
    expect(own.map(([name]) => name).filter((name) => !called.has(name))).toEqual(["func"]);
  });
});
