import type { Catalog, DomainType, EnumType, Index, Table } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import { sameName, TableHistory, type Timeline, type Volatility } from "./timeline.js";

/** The schema at one moment of a timeline. Making one costs nothing; it never changes. */
export class CatalogAt implements Catalog {
  readonly #timeline: Timeline;
  readonly #time: number;

  constructor(timeline: Timeline, time: number) {
    this.#timeline = timeline;
    this.#time = time;
  }

  get complete(): boolean {
    return this.#timeline.complete(this.#time);
  }

  table(name: QualifiedName): Table | undefined {
    return this.#history(name)?.versions.at(this.#time);
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
    return this.#neighbours(table, (other, self) => {
      for (const constraint of other.constraints.values()) {
        if (sameName(constraint.references?.table, self)) return true;
      }
      return false;
    });
  }

  partitionsOf(table: QualifiedName): readonly Table[] {
    return this.#neighbours(table, (other, self) => sameName(other.partitionOf, self));
  }

  inheritedBy(table: QualifiedName): readonly Table[] {
    return this.#neighbours(table, (other, self) => other.inherits.some((parent) => sameName(parent, self)));
  }

  readBy(relation: QualifiedName): readonly Table[] {
    return this.#neighbours(relation, (other, self) => other.reads.some((read) => sameName(read, self)));
  }

  enum(name: QualifiedName): EnumType | undefined {
    const type = this.#timeline.typeOf(name, this.#time);
    return type?.kind === "enum" ? type : undefined;
  }

  domain(name: QualifiedName): DomainType | undefined {
    const type = this.#timeline.typeOf(name, this.#time);
    return type?.kind === "domain" ? type : undefined;
  }

  functionVolatility(name: QualifiedName): Volatility | undefined {
    return this.#timeline.find(this.#timeline.functions, name, this.#time);
  }

  *tables(): Generator<Table, void> {
    for (const [, relation] of this.#timeline.relations.entries(this.#time)) {
      if (!(relation instanceof TableHistory)) continue;
      const table = relation.versions.at(this.#time);
      if (table && table.kind !== "sequence") yield table;
    }
  }

  qualify(name: QualifiedName): Required<QualifiedName> {
    if (name.schema !== undefined) return { schema: name.schema, name: name.name };
    const found = this.#timeline.find(this.#timeline.relations, name, this.#time);
    const relation = found instanceof TableHistory ? found.versions.at(this.#time) : found;
    return { schema: relation?.schema ?? this.#timeline.searchPath(this.#time)[0]!, name: name.name };
  }

  #history(name: QualifiedName): TableHistory | undefined {
    const found = this.#timeline.find(this.#timeline.relations, name, this.#time);
    return found instanceof TableHistory ? found : undefined;
  }

  /** Relations that name this one now, itself included. */
  #neighbours(name: QualifiedName, names: (other: Table, self: Table) => boolean): Table[] {
    const history = this.#history(name);
    const self = history?.versions.at(this.#time);
    if (!history || !self) return [];
    const found: Table[] = [];
    for (const neighbour of history.neighbours) {
      const other = neighbour.versions.at(this.#time);
      if (other && names(other, self)) found.push(other);
    }
    return found;
  }
}
