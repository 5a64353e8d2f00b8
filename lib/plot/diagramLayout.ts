/**
 * Where the parts of a diagram stand: Graphviz's `dot`, compiled to WebAssembly, which knows how to
 * rank, to avoid crossings and to lead arrows around boxes. It places; we draw.
 */
import type { Graph } from '@viz-js/viz';
import { settled } from './diagramOrder';
import type { Box, Layout, Point } from './diagramPlaces';
import type { DiagramData, DiagramLink, DiagramNode } from './diagramText';
import { formulaWidth, linesOf } from './formula';
import { graphviz } from './graphviz';

export const letters = { node: 15, link: 12, group: 12 } as const;
/** Which way the arrows lead. */
export const directions = { right: 'LR', up: 'BT', down: 'TB' } as const;

/** What the bars of an arrow that stops the gradient take of its word's room. */
export const barRoom = 22;

const lineHeight = 1.25;
const pixelsPerInch = 72;

/** The size that a node needs for its label. */
export function sizeOf({ id, label = id, kind }: DiagramNode): { width: number; height: number } {
  const lines = linesOf(label);
  const words = Math.max(...lines.map((line) => formulaWidth(line, letters.node)));
  const tall = lines.length * lineHeight * letters.node;
  if (kind === 'network')
    return { width: Math.max(64, Math.ceil(words) + 26), height: Math.max(42, tall + 16) };
  if (kind === 'energy') {
    const side = Math.max(40, tall + 16);
    return { width: Math.max(side, Math.ceil(words) + 18), height: side };
  }
  const diameter = Math.max(42, Math.ceil(Math.hypot(words, tall)) + 8);
  return { width: diameter, height: diameter };
}

/** @throws what Graphviz says where it finds no layout. */
export async function layOut(
  data: DiagramData,
  direction: keyof typeof directions,
): Promise<Layout> {
  const drawn = (await graphviz()).renderJSON(graphOf(data, direction), { yInvert: true }) as Drawn;
  const objects = drawn.objects ?? [];
  const nodes = data.nodes.map((node) => {
    const { pos = '0,0' } = objects.find(({ name }) => name === node.id) ?? {};
    return { ...node, ...pointOf(pos), ...sizeOf(node) };
  });
  const groups = (data.groups ?? []).map(({ label }, i) => {
    const { bb = '', lp = '' } = objects.find(({ name }) => name === `cluster_${i}`) ?? {};
    return { label, ...boxOf(bb), at: pointOf(lp) };
  });
  // Graphviz keeps the order of the arrows; ties it never saw.
  const arrows = [...(drawn.edges ?? [])];
  const links = data.links.map((link) => {
    if (isTie(link)) return { ...link, ...straight(link, nodes) };
    const { pos = '', lp } = arrows.shift() ?? {};
    return { ...link, path: pathOf(pos), ...(lp ? { at: pointOf(lp) } : {}) };
  });
  const { width, height } = boxOf(drawn.bb);
  return settled({ width, height, nodes, links, groups }, direction !== 'right');
}

function pointOf(text: string): Point {
  const [x = 0, y = 0] = text.split(',').map(Number);
  return { x, y };
}

function boxOf(text: string): Box {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = text.split(',').map(Number);
  const [x, y] = [Math.min(x0, x1), Math.min(y0, y1)];
  return { x, y, width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) };
}

/** "e,80,9 0,9 20,9 40,9 70,9": the arrow's tip first, then the curve. */
function pathOf(pos: string): Point[] {
  const parts = pos.split(' ').filter((part) => part !== '');
  const tip = parts.find((part) => part.startsWith('e,'));
  const curve = parts.filter((part) => !/^[es],/.test(part)).map(pointOf);
  const last = curve.at(-1);
  // The tip as a last, straight segment.
  return tip && last ? [...curve, last, pointOf(tip.slice(2)), pointOf(tip.slice(2))] : curve;
}

/** From edge to edge of two nodes, on the line of their middles. */
function straight(
  { from, to }: DiagramLink,
  nodes: readonly (DiagramNode & Box)[],
): { path: Point[]; at: Point } {
  const [a, b] = [from, to].map((id) => nodes.find((node) => node.id === id)!);
  const [start, end] = [edgeOf(a!, b!), edgeOf(b!, a!)];
  return {
    path: [start, start, end, end],
    at: { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 },
  };
}

/** Where the line to another node leaves a node. */
function edgeOf(node: DiagramNode & Box, other: Box): Point {
  const [dx, dy] = [other.x - node.x, other.y - node.y];
  const [half, tall] = [node.width / 2, node.height / 2];
  const round = node.kind !== 'network' && node.kind !== 'energy';
  const part = round
    ? half / Math.hypot(dx, dy)
    : Math.min(half / Math.abs(dx || 1e-9), tall / Math.abs(dy || 1e-9));
  return { x: node.x + part * dx, y: node.y + part * dy };
}

/** What ties equals together. */
function isTie({ kind }: DiagramLink): boolean {
  return kind === 'tie' || kind === 'follow';
}

/** What stands in a tie is beside it, not before it: the tie itself is drawn straight. */
function graphOf(data: DiagramData, direction: keyof typeof directions): Graph {
  const inches = (pixels: number): number => pixels / pixelsPerInch;
  const { groups = [] } = data;
  const tied = data.links.filter(isTie);
  const isFree = ({ from, to }: DiagramLink): boolean =>
    !groups.some(({ of }) => of.includes(from) || of.includes(to));
  // A tie's word stands between the equals.
  const words = tied.map(({ label = '' }) => formulaWidth(label, letters.link));
  const between = direction === 'right' ? 0 : Math.max(0, ...words) + 24;
  return {
    directed: true,
    graphAttributes: {
      rankdir: directions[direction],
      nodesep: inches(tied.length > 0 ? Math.max(44, between) : 26),
      ranksep: inches(36),
      splines: true,
      pad: 0,
    },
    nodes: data.nodes.map((node) => {
      const { width, height } = sizeOf(node);
      return {
        name: node.id,
        attributes: {
          width: inches(width),
          height: inches(height),
          fixedsize: true,
          label: '',
          shape: node.kind === 'network' || node.kind === 'energy' ? 'box' : 'circle',
        },
      };
    }),
    edges: data.links
      .filter((link) => !isTie(link))
      .map(({ from, to, label, kind, weight = 1 }) => ({
        tail: from,
        head: to,
        attributes: {
          weight: weight ** 2,
          ...(label ? { label: { html: room(label, letters.link, kind === 'stop') } } : {}),
        },
      })),
    subgraphs: [
      ...groups.map(({ label, of }, i) => ({
        name: `cluster_${i}`,
        graphAttributes: {
          label: { html: room(label, letters.group) },
          margin: 12,
          // Beside the arrows that come in from below or above, not on them.
          labeljust: direction === 'right' ? 'c' : 'l',
        },
        nodes: of.map((id) => ({ name: id })),
      })),
      // In a group Graphviz cannot keep a rank; equals have the same there anyhow.
      ...tied.filter(isFree).map(({ from, to }) => ({
        graphAttributes: { rank: 'same' },
        nodes: [{ name: from }, { name: to }],
      })),
    ],
  };
}

/** An empty table of the size of a label: Graphviz does not know our font. */
function room(label: string, fontSize: number, barred = false): string {
  const width = Math.ceil(formulaWidth(label, fontSize)) + 10;
  const height = fontSize + (barred ? barRoom : 6);
  return `<table border="0" cellborder="0" cellpadding="0" cellspacing="0"><tr><td fixedsize="true" width="${width}" height="${height}"></td></tr></table>`;
}

/** What we read of Graphviz's JSON. */
interface Drawn {
  readonly bb: string;
  readonly objects?: readonly { name: string; pos?: string; bb?: string; lp?: string }[];
  readonly edges?: readonly { tail: number; head: number; pos?: string; lp?: string }[];
}
