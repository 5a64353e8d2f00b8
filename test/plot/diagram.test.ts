import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plot } from 'dark-matter';
import { palettes } from '../../lib/plot/diagramDraw';
import { layOut } from '../../lib/plot/diagramLayout';
import { formulaSvg, formulaWidth } from '../../lib/plot/formula';
import { bundle, colorAt, decode } from './support';

const twins = `
  (x) -> f1[f] -> h_x -> C{D(h_x, h_y)}
  (y) -> f2[f] -> h_y -> C
  f1 ~ f2 : shared weights
`;
const page = readFileSync(new URL('../../docs/diagrams.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```diagram (\w+)\n(.*?)^```/gms)].map(
  ([, name, source]) => [name!, source!] as const,
);

describe('the notation', () => {
  it('brackets say what a thing is; a bare name is computed, or what it was elsewhere', () => {
    const { nodes } = plot.diagram(
      '(x) -> [f] -> h\nh, (z?) -> g[decoder g] -> <μ, σ> -> {F}',
    ).data;
    expect(nodes).toEqual([
      { id: 'x', label: 'x', kind: 'observed' },
      { id: 'f', label: 'f', kind: 'network' },
      { id: 'h', label: 'h', kind: 'computed' },
      { id: 'z', label: 'z', kind: 'latent' },
      { id: 'g', label: 'decoder g', kind: 'network' },
      { id: 'μ, σ', label: 'μ, σ', kind: 'computed' },
      { id: 'F', label: 'F', kind: 'energy' },
    ]);
  });

  it('an arrow leads from each of its left side to each of its right, with its word', () => {
    const { links } = plot.diagram('a, b -> c -/> d : no gradient\na --> d\na ~ b\na ~> b').data;
    expect(links.map(({ from, to, kind, label }) => [from, to, kind, label])).toEqual([
      ['a', 'c', 'arrow', 'no gradient'],
      ['b', 'c', 'arrow', 'no gradient'],
      ['c', 'd', 'stop', 'no gradient'],
      ['a', 'd', 'dashed', undefined],
      ['a', 'b', 'tie', undefined],
      ['a', 'b', 'follow', undefined],
    ]);
  });

  it('a name with brackets of its own is known again, and a later bracket can tell what it is', () => {
    expect(plot.diagram('(x) -> {D(x, y)}\n(y) -> D(x, y)').data.nodes).toHaveLength(3);
    expect(plot.diagram('x -> f\n[f]').data.nodes[1]).toMatchObject({ kind: 'network' });
  });

  it.each([
    ['x -> ', 'line 1: "x ->" given, a name, (x), (z?), <h>, [f] or {F} expected'],
    ['(x) -> [f\n', 'line 1'],
    ['(x)\n\n(x) : word', 'line 3: "(x) : word" given, an arrow before the word expected'],
    ['(x) -> f[one]\nf[two]', 'line 2: "f[two]" given, "f" as it was first'],
    ['', 'at least one node expected'],
    ['()', 'line 1'],
  ])('%j is refused, with its line', (source, message) => {
    expect(() => plot.diagram(source)).toThrow(message);
  });

  it('data are checked as lines are', () => {
    const node = { id: 'x', kind: 'observed' } as const;
    const link = { from: 'x', to: 'q' };
    expect(() => plot.diagram({ nodes: [node, node], links: [] })).toThrow('"x" given twice');
    expect(() => plot.diagram({ nodes: [node], links: [link] })).toThrow('no node "q"; one of "x"');
    expect(() => plot.diagram({ nodes: [{ ...node, kind: 'box' as never }], links: [] })).toThrow(
      'kind "box" given for "x"',
    );
    expect(() => plot.diagram(7 as never)).toThrow('diagram: number 7 given');
    expect(() => plot.diagram('x -> y', { direction: 'left' as never })).toThrow(
      'direction: "left"',
    );
  });
});

describe('formulas', () => {
  it('indices are lowered or raised, and the next letter stands on the line again', () => {
    const shifts = (text: string): number[] => {
      let at = 0;
      return [...formulaSvg(text, 10).matchAll(/<tspan([^>]*)>/g)].map(
        ([, style]) => (at += Number(/dy="([^"]*)"/.exec(style!)?.[1] ?? 0)),
      );
    };
    expect(shifts('h_x')).toEqual([0, 2.8]);
    expect(shifts('D(h_{xy}, s^+)').map((y) => y.toFixed(1))).toEqual([
      '0.0',
      '2.8',
      '0.0',
      '-3.8',
      '0.0',
    ]);
    expect(formulaSvg("f'", 10)).toContain('f′');
    expect(formulaSvg('a<b', 10)).toContain('a&#60;b');
  });

  it('an index takes less room than a letter', () => {
    expect(formulaWidth('h_x', 10)).toBeLessThan(formulaWidth('hx', 10));
    expect(formulaWidth('h_x', 10)).toBeGreaterThan(formulaWidth('h', 10));
  });
});

describe('the layout', () => {
  it.each([
    ['right', 'x', 'y'],
    ['up', 'y', 'x'],
    ['down', 'y', 'x'],
  ] as const)(
    '%s: arrows lead that way, what is named first is first across',
    async (direction, along, across) => {
      const { nodes } = await layOut(plot.diagram(twins).data, direction);
      const at = (id: string) => nodes.find((node) => node.id === id)!;
      const sign = direction === 'up' ? -1 : 1;
      for (const chain of [
        ['x', 'f1', 'h_x', 'C'],
        ['y', 'f2', 'h_y', 'C'],
      ])
        for (let i = 1; i < chain.length; i++)
          expect(sign * (at(chain[i]!)[along] - at(chain[i - 1]!)[along])).toBeGreaterThan(20);
      for (const [first, second] of [
        ['x', 'y'],
        ['f1', 'f2'],
        ['h_x', 'h_y'],
      ] as const) {
        expect(at(second)[across] - at(first)[across]).toBeGreaterThan(20);
        expect(at(second)[along]).toBeCloseTo(at(first)[along], 0);
      }
    },
  );

  it.each(examples)(
    '%s: no two nodes touch, all lie inside, arrows begin and end at their nodes',
    async (_name, source) => {
      const layout = await layOut(plot.diagram(source).data, 'right');
      layout.nodes.forEach((a, i) => {
        expect(a.x - a.width / 2).toBeGreaterThanOrEqual(-1);
        expect(a.x + a.width / 2).toBeLessThanOrEqual(layout.width + 1);
        for (const b of layout.nodes.slice(i + 1)) {
          const apart = Math.max(
            Math.abs(a.x - b.x) - (a.width + b.width) / 2,
            Math.abs(a.y - b.y) - (a.height + b.height) / 2,
          );
          expect(apart, `${a.id}, ${b.id}`).toBeGreaterThan(8);
        }
      });
      for (const { from, to, path } of layout.links) {
        for (const [id, point] of [
          [from, path[0]!],
          [to, path.at(-1)!],
        ] as const) {
          const node = layout.nodes.find((one) => one.id === id)!;
          const [dx, dy] = [Math.abs(point.x - node.x), Math.abs(point.y - node.y)];
          const off =
            node.kind === 'network' || node.kind === 'energy'
              ? Math.max(dx - node.width / 2, dy - node.height / 2)
              : Math.hypot(dx, dy) - node.width / 2;
          expect(Math.abs(off), `${from} -> ${to}`).toBeLessThan(5);
        }
      }
    },
  );

  it('a group’s border holds its nodes and no other', async () => {
    const { nodes, groups } = await layOut(
      plot.diagram(`${twins}\ngroup one: f1, h_x`).data,
      'right',
    );
    const [border] = groups;
    for (const { id, x, y } of nodes) {
      const inside =
        x > border!.x &&
        x < border!.x + border!.width &&
        y > border!.y &&
        y < border!.y + border!.height;
      expect(inside, id).toBe(['f1', 'h_x'].includes(id));
    }
  });
});

describe('the picture', () => {
  it('an energy is red, an observed variable shaded, a latent dashed, in light and in dark', async () => {
    const picture = plot.diagram('(x) -> {F}\n(z?) -> F');
    const { nodes } = await layOut(picture.data, 'right');
    for (const theme of ['light', 'dark'] as const) {
      const image = decode(await picture.png(theme));
      const colour = (hex: string): string =>
        [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join();
      for (const { kind, x, y, width } of nodes) {
        // Off the letters, two pixels each and 14 of margin.
        const at = (value: number): number => 2 * (value + 14);
        expect(colorAt(image, at(x - width / 3), at(y)), kind).toBe(
          colour(palettes[theme][kind].fill),
        );
      }
      expect(colorAt(image, 1, 1)).toBe(colour(palettes[theme].ground));
      expect((await picture.svg(theme)).match(/<circle[^>]*stroke-dasharray/g)).toHaveLength(1);
    }
  });

  it('text has at least the contrast of 4.5 on what it stands on', () => {
    const luminance = (hex: string): number => {
      const [r, g, b] = [1, 3, 5]
        .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const contrast = (a: string, b: string): number => {
      const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (high! + 0.05) / (low! + 0.05);
    };
    for (const {
      ground,
      title,
      word,
      observed,
      latent,
      computed,
      network,
      energy,
    } of Object.values(palettes)) {
      for (const text of [title, word]) expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
      for (const { fill, text } of [observed, latent, computed, network, energy])
        expect(contrast(text, fill)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('is shown as SVG that follows the reader’s system, as PNG and as a line of text', async () => {
    const shown = await bundle(plot.diagram(twins, { title: 'Twins' }));
    expect(Object.keys(shown)).toEqual(['image/svg+xml', 'image/png', 'text/plain']);
    expect(shown['image/svg+xml']).toContain('prefers-color-scheme:dark');
    expect(await plot.diagram(twins).svg('light')).not.toContain('<style>');
    expect(shown['text/plain']).toBe(
      'Twins: diagram of 7 parts: x → f, f → h_x, h_x → D(h_x, h_y), y → f, f → h_y, h_y → D(h_x, h_y), f ~ f (shared weights)',
    );
  });

  it.each(examples)(
    'docs/diagrams/%s.svg is what its text draws (node docs/diagrams.mjs)',
    async (name, source) => {
      const drawn = await plot.diagram(source).svg();
      expect(
        readFileSync(new URL(`../../docs/diagrams/${name}.svg`, import.meta.url), 'utf8'),
      ).toBe(drawn);
    },
  );
});
