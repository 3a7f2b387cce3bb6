import type {
  Catalog,
  Constraint,
  DomainType,
  EnumType,
  Index,
  Routine,
  Table,
  UserType,
} from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import { TableHistory, type Timeline } from "./timeline.js";

/** The schema at one moment of a timeline. Making one costs nothing; it never changes. */
export class CatalogAt implements Catalog {
  readonly #timeline: Timeline;
  readonly #time: number;
  /** Who asks for an operation's table asks several times. */
  #asked: QualifiedName | undefined;
  #answer: TableHistory | undefined;

  constructor(timeline: Timeline, time: number) {
    this.#timeline = timeline;
    this.#time = time;
  }

  get complete(): boolean {
    return this.#timeline.complete(this.#time);
  }

  table(name: QualifiedName): Table | undefined {
    return this.#history(name)?.at(this.#time);
  }

  index(name: QualifiedName): Index | undefined {
    const found = this.#timeline.find(this.#timeline.relations, name, this.#time);
    return found instanceof TableHistory ? undefined : found;
  }

  indexesOf(table: QualifiedName): readonly Index[] {
    const history = this.#history(table);
    return history ? [...history.indexes.at(this.#time).values()] : [];
  }

  referencedBy(table: QualifiedName): readonly Table[] {
    return this.#tables(this.#history(table)?.referencingAt(this.#time));
  }

  partitionsOf(table: QualifiedName): readonly Table[] {
    return this.#tables(this.#history(table)?.childrenAt(this.#time)).filter(({ partitionOf }) => partitionOf);
  }

  checksWith(table: QualifiedName, sql: string): readonly Constraint[] {
    return this.#history(table)?.checksAt(sql, this.#time) ?? [];
  }

  defaultPartitionOf(table: QualifiedName): Table | undefined {
    return this.#history(table)?.defaultPartitionAt(this.#time)?.at(this.#time);
  }

  inheritedBy(table: QualifiedName): readonly Table[] {
    return this.#tables(this.#history(table)?.childrenAt(this.#time)).filter(({ partitionOf }) => !partitionOf);
  }

  readBy(relation: QualifiedName): readonly Table[] {
    return this.#tables(this.#history(relation)?.readersAt(this.#time));
  }

  enum(name: QualifiedName): EnumType | undefined {
    const type = this.#timeline.typeOf(name, this.#time);
    return type?.kind === "enum" ? type : undefined;
  }

  domain(name: QualifiedName): DomainType | undefined {
    const type = this.#timeline.typeOf(name, this.#time);
    return type?.kind === "domain" ? type : undefined;
  }

  type(name: QualifiedName): UserType | undefined {
    return this.#timeline.typeOf(name, this.#time);
  }

  *types(): Generator<UserType, void> {
    for (const [, type] of this.#timeline.types.entries(this.#time)) yield type;
  }

  *functions(): Generator<Routine, void> {
    for (const [, routines] of this.#timeline.functions.entries(this.#time)) yield* routines;
  }

  functionsWithParts(): Iterable<Routine> {
    return this.#timeline.functionsWithParts(this.#time);
  }

  functionVolatility(name: QualifiedName): Routine["volatility"] | undefined {
    const declared = this.#timeline
      .find(this.#timeline.functions, name, this.#time)
      ?.map(({ volatility }) => volatility);
    return (["volatile", "stable", "immutable"] as const).find((volatility) => declared?.includes(volatility));
  }

  tableOfStatistics(name: QualifiedName): Table | undefined {
    return this.#timeline.find(this.#timeline.statistics, name, this.#time)?.at(this.#time);
  }

  publishedBy(publication: string): readonly Table[] {
    const histories = this.#timeline.publications.get(publication, this.#time) ?? [];
    return histories.flatMap((history) => history.at(this.#time) ?? []);
  }

  wrapperOf(server: string): string | undefined {
    return this.#timeline.servers.get(server, this.#time);
  }

  *tables(): Generator<Table, void> {
    for (const table of this.#relations()) if (table.kind !== "sequence") yield table;
  }

  *sequences(): Generator<Table, void> {
    for (const table of this.#relations()) if (table.kind === "sequence") yield table;
  }

  *schemas(): Generator<string, void> {
    for (const [schema, exists] of this.#timeline.schemas.entries(this.#time)) if (exists) yield schema;
  }

  *#relations(): Generator<Table, void> {
    for (const [, relation] of this.#timeline.relations.entries(this.#time)) {
      const table = relation instanceof TableHistory ? relation.at(this.#time) : undefined;
      if (table) yield table;
    }
  }

  qualify(name: QualifiedName): Required<QualifiedName> {
    if (name.schema !== undefined) return { schema: name.schema, name: name.name };
    const found = this.#timeline.find(this.#timeline.relations, name, this.#time);
    const relation = found instanceof TableHistory ? found.at(this.#time) : found;
    return { schema: relation?.schema ?? this.#timeline.searchPath(this.#time)[0]!, name: name.name };
  }

  #history(name: QualifiedName): TableHistory | undefined {
    if (name === this.#asked) return this.#answer;
    const found = this.#timeline.find(this.#timeline.relations, name, this.#time);
    this.#asked = name;
    return (this.#answer = found instanceof TableHistory ? found : undefined);
  }

  #tables(histories: readonly TableHistory[] = []): Table[] {
    return histories.map((history) => history.at(this.#time)!);
  }
}
