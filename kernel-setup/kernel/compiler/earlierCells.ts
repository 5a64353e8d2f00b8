/**
 * The cells that were committed, and how a later cell sees their names.
 *
 * Each cell is a module in memory, `__cell3__.ts`, that exports all it declares. One more module
 * gathers them all, `export * as __cell3 from './__cell3__'`, and a cell that mentions an earlier
 * name gets it after its own text:
 *
 *     import { __cell3 } from './__cells__'; import tf = __cell3.tf; declare let n: typeof __cell3.n;
 *
 * so classes, generics, enums and private types arrive whole, and a `let` can be assigned. Once a
 * cell has run, its module holds its declarations instead of its text (spelling.ts). The modules
 * are a pool, all there from the start: a cell seldom changes which files import which, which is
 * what makes TypeScript start over.
 */
import { withoutAdditions } from './globals';
import type { Declared, Kind } from './names';
import { throughGathering } from './spelling';

export const GATHERING = '__cells__.ts';

export interface Slot {
  readonly index: number;
  readonly file: string;
  /** What people call the cell: `In[3]`. */
  name: string;
  /** As it was typed. */
  source: string;
  text: string;
  /** The modules that it imports, as one string. */
  imports: string;
  /** What it adds to the globals and to modules (globals.ts), for which it is kept. */
  additions: ReadonlySet<string>;
  /** Later cells have a higher one. */
  serial: number;
  /** Modules whose types it names by way of the gathering module. */
  borrowed: readonly string[];
  /** The earlier cells that this one's types may need. */
  uses: readonly Slot[];
  /** Compiled, and neither committed nor rolled back. */
  pending: boolean;
}

interface Visible {
  readonly slot: Slot;
  readonly kind: Kind;
  readonly ambient: boolean;
}

export interface EarlierCells {
  /**
   * All modules of the pool, the gathering one last, as texts by name; `plain`: those that need an
   * import left empty.
   */
  files(plain: boolean): [name: string, text: string][];
  /** A module for a new cell, which imports `imports` and adds `additions`. */
  reserve(name: string, imports: string, additions: ReadonlySet<string>): Slot;
  /**
   * Prepares modules that import these, so that the first cells that do change nothing but their
   * own text.
   */
  expectImports(specifiers: readonly string[]): void;
  /** The cell of a module's file name. */
  cellOf(file: string): Slot | undefined;
  /**
   * Takes back a reservation. The text stays, for the next cell with the same imports, unless it
   * adds to the globals.
   */
  release(slot: Slot): void;
  /** Takes back a reservation, text and all. */
  erase(slot: Slot): void;
  commit(slot: Slot, names: Iterable<Declared>): void;
  /** Puts a committed cell's declarations, as TypeScript writes them, in the place of its text. */
  spell(slot: Slot, declarations: string): void;
  /**
   * What to write around a cell so that it sees the earlier names that it mentions and does not
   * declare.
   */
  earlier(
    mentioned: Iterable<string>,
    declared: ReadonlySet<string>,
  ): { text: string; uses: Slot[] };
  /** How an earlier cell declared a name. */
  kindOf(name: string): Kind | undefined;
  /** Whether an earlier cell made a value of this name. */
  hasValue(name: string): boolean;
  /** Names that earlier cells declared, and that mean globals. */
  ambientNames(): string[];
  /** Whether no cell that adds to the globals imports anything. */
  addsPlainly(): boolean;
  names(): Iterable<string>;
  /** Forgets all cells, as a restart does. */
  reset(): void;
}

export function createEarlierCells(): EarlierCells {
  const slots: Slot[] = [];
  const borrowed: string[] = [];
  const visible = new Map<string, Visible>();
  let serial = 0;
  grow(64);

  function grow(size: number): void {
    for (let index = slots.length + 1; index <= size; index++) {
      slots.push({
        index,
        file: `__cell${index}__.ts`,
        name: '',
        source: '',
        text: EMPTY,
        imports: '',
        additions: new Set(),
        serial: 0,
        borrowed: [],
        uses: [],
        pending: false,
      });
    }
  }

  function reachable(): Set<Slot> {
    const seen = new Set<Slot>();
    const follow = (slot: Slot): void => {
      if (seen.has(slot)) return;
      seen.add(slot);
      slot.uses.forEach(follow);
    };
    for (const { slot } of visible.values()) follow(slot);
    for (const slot of slots) if (slot.pending || slot.additions.size > 0) follow(slot);
    return seen;
  }

  /** Whether another cell, run later, adds all that this one adds. */
  function isReplaced(slot: Slot): boolean {
    return (
      slot.additions.size > 0 &&
      slots.some(
        ({ serial, additions }) =>
          serial > slot.serial && [...slot.additions].every((each) => additions.has(each)),
      )
    );
  }

  function erase(slot: Slot): void {
    Object.assign(slot, {
      text: EMPTY,
      imports: '',
      additions: new Set(),
      borrowed: [],
      uses: [],
      pending: false,
    });
  }

  return {
    files: (plain) => [
      ...slots.map((slot): [string, string] => [
        slot.file,
        plain && !isPlain(slot)
          ? EMPTY
          : isReplaced(slot)
            ? withoutAdditions(slot.text)
            : slot.text,
      ]),
      [GATHERING, gathering(slots, plain ? [] : borrowed)],
    ],
    reserve(name, imports, additions) {
      const live = reachable();
      let free = slots.filter((slot) => !live.has(slot));
      if (free.length === 0) {
        grow(slots.length * 2);
        free = slots.filter((slot) => !live.has(slot));
      }
      // A module with the same imports, else an empty one, leaves the rest as it is.
      const slot =
        free.find((slot) => slot.imports === imports && slot.text !== EMPTY) ??
        free.find(({ text }) => text === EMPTY) ??
        free[0]!;
      serial += 1;
      return Object.assign(slot, {
        name,
        imports,
        additions,
        serial,
        borrowed: [],
        uses: [],
        pending: true,
      });
    },
    expectImports(specifiers) {
      const empty = slots.filter(({ text, pending }) => text === EMPTY && !pending);
      for (const specifier of specifiers) {
        for (const slot of empty.splice(0, 3))
          Object.assign(slot, {
            imports: specifier,
            text: `import {} from '${specifier}';\n${EMPTY}`,
          });
      }
    },
    cellOf: (file) => slots.find((slot) => file.endsWith(`/${slot.file}`)),
    release(slot) {
      slot.pending = false;
      if (slot.additions.size > 0) erase(slot);
    },
    erase,
    commit(slot, names) {
      slot.pending = false;
      for (const { name, kind, ambient } of names) visible.set(name, { slot, kind, ambient });
      for (const each of slots.filter(isReplaced))
        Object.assign(each, { text: withoutAdditions(each.text), additions: new Set() });
    },
    spell(slot, declarations) {
      const { text, modules } = throughGathering(declarations, (specifier) => {
        if (isCellModule(specifier)) return specifier.slice('./'.length, -'__'.length);
        if (!borrowed.includes(specifier)) borrowed.push(specifier);
        return `__module${borrowed.indexOf(specifier)}`;
      });
      Object.assign(slot, { text, borrowed: modules });
    },
    earlier(mentioned, declared) {
      const uses = new Set<Slot>();
      const lines: string[] = [];
      for (const name of mentioned) {
        const known = visible.get(name);
        if (!known || declared.has(name)) continue;
        const from = `__cell${known.slot.index}`;
        lines.push(seenAs(name, known.kind, from));
        uses.add(known.slot);
      }
      const gathered = [...uses].map(({ index }) => `__cell${index}`).join(', ');
      return {
        text: `import { ${gathered} } from './__cells__'; ${lines.join(' ')}`,
        uses: [...uses],
      };
    },
    kindOf: (name) => visible.get(name)?.kind,
    hasValue(name) {
      const known = visible.get(name);
      return known !== undefined && !known.ambient && known.kind !== 'type';
    },
    ambientNames: () => [...visible].filter(([, { ambient }]) => ambient).map(([name]) => name),
    addsPlainly: () => slots.every((slot) => slot.additions.size === 0 || isPlain(slot)),
    names: () => visible.keys(),
    reset() {
      slots.forEach(erase);
      borrowed.length = 0;
      visible.clear();
    },
  };
}

/** Whether a specifier means a module of this pool. */
export function isCellModule(specifier: string): boolean {
  return /^\.\/__cell(s|\d+)__$/.test(specifier);
}

/** Whether a cell and all that its types may need import nothing. */
export function isPlain(slot: Slot, seen = new Set<Slot>()): boolean {
  if (seen.has(slot)) return true;
  seen.add(slot);
  return (
    slot.imports === '' &&
    slot.borrowed.length === 0 &&
    slot.uses.every((used) => isPlain(used, seen))
  );
}

const EMPTY = "import {} from './__cells__';";

function gathering(slots: readonly Slot[], borrowed: readonly string[]): string {
  const cells = slots.map(({ index }) => `export * as __cell${index} from './__cell${index}__';`);
  const modules = borrowed.map(
    (specifier, index) => `export * as __module${index} from ${JSON.stringify(specifier)};`,
  );
  return [...cells, ...modules].join('\n');
}

/**
 * An alias is the thing itself, type and value; only a variable that can be assigned has to be
 * declared anew.
 */
function seenAs(name: string, kind: Kind, from: string): string {
  if (kind === 'let') return `declare let ${name}: typeof ${from}.${name};`;
  if (kind === 'evolving') return `declare let ${name}: any;`;
  return `import ${name} = ${from}.${name};`;
}
