/**
 * The site: prose, code and outputs as HTML. What a reader sees of it in a browser:
 * test/browser/site.test.ts.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessible } from '../../kernel-setup/site/api.mjs';
import { codeHtml } from '../../kernel-setup/site/code.mjs';
import { checkLinks } from '../../kernel-setup/site/links.mjs';
import { rendered } from '../../kernel-setup/site/markdown.mjs';
import { notebookHtml, titleOf } from '../../kernel-setup/site/notebookPage.mjs';
import { outputHtml } from '../../kernel-setup/site/outputs.mjs';
import { notebookOf } from '../runner/support';

const names = new Map([
  ['measure.knn', 'api/functions/measure.knn.html'],
  ['train', 'api/functions/train.html'],
]);

describe('prose', () => {
  it('has its formulas as MathML, whose underscores are not Markdown’s', () => {
    const html = rendered('A *b* $x_i * y_i * z_i$ and\n\n$$\\sum_i x_i$$');
    expect(html.match(/<math/g)).toHaveLength(2);
    expect(html).toContain('display="block"');
    expect(html.match(/<math tabindex="0"/g)).toHaveLength(1);
    expect(html).toContain('<em>b</em>');
    expect(html.match(/<em>/g)).toHaveLength(1);
  });

  it('sets its formulas as browsers lay MathML out: what stands under a name, spaces, signs', () => {
    const space = '<mspace width="0.1667em"/>';
    const of = (formula: string) =>
      /<semantics>(.*)<annotation/s.exec(rendered(`$${formula}$`))![1]!.replaceAll('\u2061', '');
    const mean = '<mrow><munder><mi mathvariant="normal">mean</mi><mi>i</mi></munder></mrow>';
    expect(of('\\underset{i}{\\operatorname{mean}} x_i')).toBe(
      `<mrow>${mean}<mo></mo>${space}<msub><mi>x</mi><mi>i</mi></msub></mrow>`,
    );
    expect(of('\\log q')).toBe(`<mrow><mi>log</mi><mo></mo>${space}<mi>q</mi></mrow>`);
    expect(of('p\\log(q)')).toContain(
      `<mi>p</mi>${space}<mi>log</mi><mo></mo><mo stretchy="false">(</mo>`,
    );
    expect(of('\\log_2 x')).not.toContain(space);
    expect(of('\\mathcal{L} \\mathbb{E} \\mathcal{N} \\mathbb{1}')).toBe(
      '<mrow><mi>ℒ</mi><mi>𝔼</mi><mi>𝒩</mi><mn>𝟙</mn></mrow>',
    );
    const minus = '<mo form="prefix">−</mo>';
    for (const signed of ['x = -a', 'f(-a)', 'x =\\; -a']) expect(of(signed)).toContain(minus);
    for (const less of ['x - a', 'f(x) - a', 'x! - a', '\\left|x\\right| - a'])
      expect(of(less)).toContain('<mo>−</mo>');
  });

  it('leaves the dollars in code alone, and those that are money', () => {
    const html = rendered('`${a} and ${b}` costs $5 or $6\n\n```ts\nconst s = `${x} $y$`;\n```');
    expect(html).not.toContain('<math');
    expect(html).toContain('$5 or $6');
  });

  it('folds answers away, and shows every other HTML as text, so that nothing in it runs', () => {
    const html = rendered(
      'A<br>b\n\n<details><summary>Answer</summary>\n\nIt *falls*.\n\n</details>\n\nH<sub>2</sub>O',
    );
    for (const part of ['<br>', '<details><summary>Answer</summary>', '</details>', '<sub>2</sub>'])
      expect(html).toContain(part);
    expect(html).toContain('<em>falls</em>');
    const attacks = [
      '<script>alert(1)</script>',
      'a <img src=x onerror=alert(1)> b',
      '<details ontoggle=alert(1) open><summary>x</summary></details>',
      '<details><summary>x</summary><svg/onload=alert(1)></details>',
      '<summary onclick="alert(1)">x</summary>',
      '<!--><script>alert(1)</script>-->',
      '<br\nonclick=alert(1)>',
      '<b <script>alert(1)</script>',
      '[x](javascript:alert(1))',
      '$\\href{javascript:alert(1)}{x}$',
      '$\\text{<img src=x onerror=alert(1)>}$',
      '```"><script>alert(1)</script>\nx\n```',
    ];
    for (const attack of attacks) {
      // What is left of it, once what Markdown and KaTeX write themselves is taken away.
      const tags = rendered(attack).match(/<[a-z][^>]*>/gi) ?? [];
      expect(
        tags.filter((tag) =>
          /^<(?:script|img|svg)\b|\son\w+\s*=|(?:href|src)="?javascript:/i.test(tag),
        ),
      ).toEqual([]);
    }
  });

  it('a table is scrolled with the keyboard where it is wider than the page', () => {
    expect(rendered('| a | b |\n|---|---|\n| c | 1 |')).toMatch(
      /^<div class="table" tabindex="0" role="group" aria-label="table"><table>/,
    );
  });

  it('a formula that is none is an error that quotes it', () => {
    expect(() => rendered('$\\frac{1$')).toThrow(/frac/);
  });

  it('leads to other notebooks’ pages, and to the front page where it means the README', () => {
    expect(rendered('[a](../README.md), [b](05-b.ipynb#c), [d](https://d.org/e.ipynb)')).toBe(
      '<p><a href="index.html">a</a>, <a href="05-b.html#c">b</a>, <a href="https://d.org/e.ipynb">d</a></p>\n',
    );
  });

  it('so is code, fenced or indented, with a long line', () => {
    for (const source of ['```\nnpm start\n```', '    npm start', '```ts\nconst x = 1;\n```'])
      expect(rendered(source)).toMatch(/^<pre tabindex="0"/);
  });

  it('an empty heading of a table is a plain cell', () => {
    expect(rendered('| | a |\n|---|---|\n| b | 1 |')).not.toMatch(/<th[^>]*><\/th>/);
  });
});

describe('code', () => {
  it('leads from the library’s names to their pages', () => {
    const html = codeHtml('await train({ x }); measure.knn(a, b);', names);
    expect(html).toContain('<a href="api/functions/train.html">train</a>');
    expect(html).toContain('measure.<a href="api/functions/measure.knn.html">knn</a>');
  });

  it('but not from comments, strings, properties, or the same names elsewhere', () => {
    for (const code of [
      '// train, measure.knn',
      '"train"',
      '`train ${1}`',
      'f({ train: 1 })',
      'other.knn()',
      'digits.train.images',
      'a.b.train()',
      'const train = 1',
    ])
      expect(codeHtml(code, names)).not.toContain('<a ');
  });

  it('has the text that it had, whatever it is', () => {
    const unescaped = (html: string) =>
      html
        .replace(/<[^>]+>/g, '')
        .replace(/&quot;/g, '"')
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&amp;/g, '&');
    const strange = [
      'const a = <T>(b: T) => `x ${train(b)} y`; // measure.knn < 1 && 2 > 1',
      '/** doc */ function f(/* a */ x = /re"g/) { return x!; }\n\n',
      'const = broken ((',
      '',
    ];
    for (const code of strange) expect(unescaped(codeHtml(code, names))).toBe(code);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (code) => unescaped(codeHtml(code, names)) === code,
      ),
    );
  });
});

describe('outputs', () => {
  it('a chart is its picture, described, with its specification beside it', () => {
    const html = outputHtml({
      output_type: 'display_data',
      data: {
        'image/png': 'AAAA',
        'text/plain': 'Chart "a" <b>',
        'application/vnd.vegalite.v5+json': { title: '</script>' },
      },
      metadata: { 'image/png': { width: 10, height: 20 } },
    });
    expect(html).toContain(
      'alt="Chart &quot;a&quot; &lt;b&gt;" width="10" height="20" style="min-width: 6px"',
    );
    expect(html.match(/<\/script>/g)).toHaveLength(1);
  });

  it('what was printed is text, whatever it looks like', () => {
    expect(
      outputHtml({ output_type: 'stream', name: 'stdout', text: ['<b>\n', '1 < 2\n'] }),
    ).toContain('&lt;b&gt;\n1 &lt; 2');
  });
});

describe('a page', () => {
  const notebook = notebookOf(['measure.knn(1)']);
  notebook.cells.unshift({
    cell_type: 'markdown',
    id: 'p',
    metadata: {},
    source: '# 05 · *Joint* embedding\n\nHello $x$.\n\n## The cure, or two\n\nText.',
  });

  it('is called what its notebook is called', () => {
    expect(titleOf(notebook)).toBe('05 · Joint embedding');
  });

  it('has an anchor for each heading, and the words below them for the search', () => {
    const { html, sections } = notebookHtml(notebook, names);
    expect(sections.map(({ heading, anchor }) => [heading, anchor])).toEqual([
      ['05 · Joint embedding', '05-joint-embedding'],
      ['The cure, or two', 'the-cure-or-two'],
    ]);
    expect(html).toContain('<h2 id="the-cure-or-two">');
  });
});

it('a link to a page or a heading that is not there is found; one that leads elsewhere is not followed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dark-matter-links-'));
  mkdirSync(join(folder, 'api'));
  writeFileSync(join(folder, 'api', 'there.html'), '');
  writeFileSync(join(folder, 'b.html'), '<h2 id="part">');
  writeFileSync(
    join(folder, 'a.html'),
    '<a href="./b.html#part"> <a href="#no"> <a rel="next" href="b.html#no"> <a href="api/there.html#x"> <a href="api/gone.html"> <a href="https://a.org/gone.html">',
  );
  expect(checkLinks(folder)).toEqual({
    pages: ['a.html', 'b.html'],
    dead: ['a.html -> #no', 'a.html -> b.html#no', 'a.html -> api/gone.html'],
  });
  rmSync(folder, { recursive: true });
});

it('TypeDoc’s pages get a main part, headings without a gap, and no links inside of summaries', () => {
  const html = accessible(
    '<div class="col-content"><h1>a</h1><h4>b</h4><h4>c</h4><summary><h2>d<a href="#d" class="tsd-anchor-icon"><svg></svg></a></h2></summary>',
  );
  expect(html).toBe(
    '<div class="col-content" role="main"><h1>a</h1><h4 aria-level="2">b</h4><h4 aria-level="2">c</h4><summary><h2>d</h2></summary>',
  );
});
