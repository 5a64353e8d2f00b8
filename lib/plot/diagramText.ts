/**
 * The notation of a diagram: a few lines of text to nodes, arrows and groups.
 *
 *     (x)              an observed variable         f[encoder]   a name, and the label in the shape
 *     (z?)             a latent variable            x -> f -> h  arrows; h is a computed variable
 *     h, <μ, σ>        computed variables           x, y -> {F}  from both
 *     [f]              a network                    a -/> b      an arrow that stops the gradient
 *     {F}              an energy                    f ~ g        a tie: shared weights
 *     a -> b : word    a word on an arrow           f ~> g       a tie that follows: an average
 *     a --> b          a dashed arrow               group twins: f, g
 */
import { describe } from './values';

/** What a node stands for, and so its shape. */
export type NodeKind = 'observed' | 'latent' | 'computed' | 'network' | 'energy';
/** 'arrow', one that stops the gradient, or a tie between equals, which does not move them. */
export type LinkKind = 'arrow' | 'dashed' | 'stop' | 'tie' | 'follow';

export interface DiagramNode {
  readonly id: string;
  /** By default its id. `_` lowers and `^` raises what follows, `'` is a prime, `|` a new line. */
  readonly label?: string;
  readonly kind: NodeKind;
}

export interface DiagramLink {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** 'arrow' by default. */
  readonly kind?: LinkKind;
  /** How much it wants to be short and straight beside the others, 1 by default. */
  readonly weight?: number;
}

export interface DiagramGroup {
  readonly label: string;
  /** The ids of its nodes. */
  readonly of: readonly string[];
}

export interface DiagramData {
  readonly nodes: readonly DiagramNode[];
  readonly links: readonly DiagramLink[];
  readonly groups?: readonly DiagramGroup[];
}

/** Longer signs before the shorter ones that they begin with. */
const links: readonly (readonly [sign: string, kind: LinkKind])[] = [
  ['-/>', 'stop'],
  ['-->', 'dashed'],
  ['->', 'arrow'],
  ['~>', 'follow'],
  ['~', 'tie'],
];
const opening = '([{<';
const closing = ')]}>';

/** @throws RangeError naming the line that cannot be read. */
export function parseDiagram(source: string): DiagramData {
  const nodes = new Map<string, DiagramNode>();
  const declared = new Set<string>();
  const found: DiagramLink[] = [];
  const groups: DiagramGroup[] = [];
  source.split('\n').forEach((raw, at) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const fail = (expected: string): never => {
      throw new RangeError(`diagram, line ${at + 1}: "${line}" given, ${expected} expected`);
    };
    const node = (text: string): string => {
      // What was drawn already is meant by its name, brackets in it or not: D(x, y).
      if (nodes.has(text.trim())) return text.trim();
      const { explicit, ...own } = readNode(text) ?? fail('a name, (x), (z?), <h>, [f] or {F}');
      if (explicit && declared.has(own.id)) {
        const { kind, label } = nodes.get(own.id)!;
        if (kind !== own.kind || label !== own.label)
          fail(
            `"${own.id}" as it was first (give another one a name of its own: f2[${own.label}])`,
          );
      }
      if (explicit || !nodes.has(own.id)) nodes.set(own.id, own);
      if (explicit) declared.add(own.id);
      return own.id;
    };
    const group = /^group\s+([^:]*):(.*)$/.exec(line);
    if (group) {
      groups.push({ label: group[1]!.trim(), of: split(group[2]!, [',']).parts.map(node) });
      return;
    }
    const [chain = '', ...label] = split(line, [':']).parts;
    const { parts, signs } = split(
      chain,
      links.map(([sign]) => sign),
    );
    const sets = parts.map((part) => split(part, [',']).parts.map(node));
    if (label.length > 0 && signs.length === 0) fail('an arrow before the word');
    signs.forEach((sign, i) => {
      const kind = links.find(([own]) => own === sign)![1];
      const word = label.join(':').trim() || (kind === 'stop' ? 'stop-grad' : '');
      for (const from of sets[i]!)
        for (const to of sets[i + 1]!)
          // A long chain is the backbone: what leaves it bends.
          found.push({ from, to, kind, weight: signs.length, ...(word ? { label: word } : {}) });
    });
  });
  return { nodes: [...nodes.values()], links: found, groups };
}

/** @throws where a kind or a name is not one, naming it. */
export function checkDiagram(given: DiagramData): DiagramData {
  const { nodes, links: own, groups = [] } = given;
  if (!Array.isArray(nodes) || nodes.length === 0)
    throw new RangeError(`diagram: ${describe(nodes)} given for nodes, at least one node expected`);
  const ids = new Set<string>();
  for (const { id, kind } of given.nodes) {
    if (ids.has(id)) throw new RangeError(`diagram: the node "${id}" given twice, once expected`);
    if (!kinds.includes(kind))
      throw new RangeError(
        `diagram: kind ${describe(kind)} given for "${id}", one of ${kinds.join(', ')} expected`,
      );
    ids.add(id);
  }
  const named = [...own.flatMap(({ from, to }) => [from, to]), ...groups.flatMap(({ of }) => of)];
  const unknown = named.find((id) => !ids.has(id));
  if (unknown !== undefined)
    throw new RangeError(
      `diagram: no node "${unknown}"; one of ${[...ids].map((id) => `"${id}"`).join(', ')} expected`,
    );
  return given;
}

const kinds: readonly NodeKind[] = ['observed', 'latent', 'computed', 'network', 'energy'];

const kindOf: Readonly<Record<string, NodeKind>> = {
  '(': 'observed',
  '<': 'computed',
  '[': 'network',
  '{': 'energy',
};

/** `f[encoder]`, `[f]` or `f`; undefined where it is none of them. */
function readNode(text: string): (DiagramNode & { explicit: boolean }) | undefined {
  const trimmed = text.trim();
  const start = [...trimmed].findIndex((letter) => opening.includes(letter));
  if (trimmed === '') return undefined;
  // A brace after _ or ^ belongs to a bare name such as h_{xy}.
  if (start < 0 || '_^'.includes(trimmed[start - 1] ?? ' '))
    return { id: trimmed, label: trimmed, kind: 'computed', explicit: false };
  const bracket = trimmed[start]!;
  if (trimmed.at(-1) !== closing[opening.indexOf(bracket)]) return undefined;
  const inside = trimmed.slice(start + 1, -1).trim();
  const latent = bracket === '(' && inside.endsWith('?');
  const label = latent ? inside.slice(0, -1).trim() : inside;
  if (label === '') return undefined;
  const kind = latent ? 'latent' : kindOf[bracket]!;
  return { id: trimmed.slice(0, start).trim() || label, label, kind, explicit: true };
}

/** The parts between separators that stand in no bracket, and the separators. */
function split(text: string, separators: readonly string[]): { parts: string[]; signs: string[] } {
  const parts: string[] = [];
  const signs: string[] = [];
  let [depth, from] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const sign = depth === 0 ? separators.find((one) => text.startsWith(one, i)) : undefined;
    if (sign === undefined) {
      // An arrow's head, which is a bracket too, was read with its sign.
      if (opening.includes(text[i]!)) depth++;
      else if (closing.includes(text[i]!) && depth > 0) depth--;
      continue;
    }
    parts.push(text.slice(from, i));
    signs.push(sign);
    from = i + sign.length;
    i = from - 1;
  }
  return { parts: [...parts, text.slice(from)], signs };
}
