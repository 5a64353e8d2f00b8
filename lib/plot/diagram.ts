/** Diagrams of architectures, in the notation of LeCun's drawings. */
import { displaySymbol, type Displayable, type MimeBundle } from './display';
import { drawDiagram, type DiagramTheme } from './diagramDraw';
import { directions, layOut } from './diagramLayout';
import type { Layout } from './diagramPlaces';
import { checkDiagram, parseDiagram, type DiagramData } from './diagramText';
import { pixelRatio, rasterize, stillOf } from './render';
import { isRecord, plural, describe } from './values';

export interface DiagramOptions {
  readonly title?: string;
  /** Where the arrows lead: 'right' by default; 'up' as in LeCun's drawings; or 'down'. */
  readonly direction?: keyof typeof directions;
}

/**
 * A diagram is a value: it can be shown, or asked for its picture.
 */
export class Diagram implements Displayable {
  /** One line for a terminal, a screen reader, a diff. */
  readonly text: string;
  private layout: Promise<Layout> | undefined;

  constructor(
    readonly data: DiagramData,
    private readonly options: DiagramOptions = {},
  ) {
    const { direction = 'right' } = options;
    if (!(direction in directions))
      throw new RangeError(
        `direction: ${describe(direction)} given, ${Object.keys(directions).join(', ')} expected`,
      );
    this.text = told(checkDiagram(data), options.title);
  }

  /** As SVG text: 'auto' is dark where the reader's system is. */
  async svg(theme: DiagramTheme = 'auto'): Promise<string> {
    const { title, direction = 'right' } = this.options;
    this.layout ??= layOut(this.data, direction);
    return drawDiagram(await this.layout, { title, text: this.text, theme });
  }

  /** As PNG on a ground of its own, with two pixels for each of CSS unless told otherwise. */
  async png(theme: 'light' | 'dark' = 'light', ratio: number = pixelRatio): Promise<Buffer> {
    return rasterize(await this.svg(theme), ratio);
  }

  async [displaySymbol](): Promise<MimeBundle> {
    return {
      'image/svg+xml': await this.svg(),
      ...(await stillOf(() => this.png())),
      'text/plain': this.text,
    };
  }
}

/**
 * Draws networks (boxes), variables (circles: observed ones shaded, latent ones dashed) and
 * energies (red squares), and the arrows between them. The layout is Graphviz's.
 *
 * A line of text is a chain of arrows. What stands in brackets says what it is: `(x)` is observed,
 * `(z?)` latent, `[f]` a network, `{F}` an energy; a bare name is a computed variable, or one that
 * stood in brackets elsewhere. `a, b -> c` leads from both; `a -> b : word` writes a word on the
 * arrow; `-->` is dashed; `-/>` stops the gradient. `f ~ g` ties two networks (shared weights),
 * `f ~> g` too, with an arrow (a moving average). `group name: f, g` draws a border around them. A
 * shape may have another label than its name, `f1[encoder f]`, with indices, `h_x` and `s^+`, and
 * lines, `[encoder|f]`.
 *
 * @param source lines of text, or nodes, links and groups.
 * @throws RangeError on a line that cannot be read, or a name that is not a node's.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 * const picture = plot.diagram(`
 *   (x) -> [f] -> h_x -> {F}
 *   (y) -> [g] -> h_y -> F
 *   f ~ g : shared weights
 * `);
 * assert.match(await picture.svg(), /<svg/);
 * ```
 */
export function diagram(source: string | DiagramData, options: DiagramOptions = {}): Diagram {
  if (typeof source === 'string') return new Diagram(parseDiagram(source), options);
  if (!isRecord(source))
    throw new TypeError(
      `diagram: ${describe(source)} given, lines of text or { nodes, links } expected`,
    );
  return new Diagram(source as unknown as DiagramData, options);
}

/** "Siamese: diagram of 4 parts: x → f, f → F". */
function told({ nodes, links }: DiagramData, title: string | undefined): string {
  const name = (id: string): string =>
    (nodes.find((node) => node.id === id)?.label ?? id).replaceAll('|', ' ');
  const signs = { arrow: '→', dashed: '→', stop: '→', tie: '~', follow: '~>' };
  const course = links.map(({ from, to, kind = 'arrow', label }) =>
    `${name(from)} ${signs[kind]} ${name(to)} ${label ? `(${label})` : ''}`.trimEnd(),
  );
  return `${title ? `${title}: ` : ''}diagram of ${plural(nodes.length, 'part')}: ${course.join(', ')}`;
}
