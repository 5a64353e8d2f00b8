/** The notebooks whose knob `data` chooses the pictures: their cells fit each set that it names. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNotebook, sourceOf } from '../../kernel-setup/runner/notebook.mjs';
import { declaredParameters } from '../../kernel-setup/runner/parameters.mjs';
import { run } from '../docs/runExamples';
import { tinyImageSets } from '../helpers/imageSets';

const folder = join(__dirname, '../../notebooks');

/** The cells from the knobs to the networks, by their ids. */
const cellsOf: Readonly<Record<string, readonly string[]>> = {
  '06': ['parameters', 'imports', 'views', 'networks'],
  '10': ['parameters', 'imports', 'networks'],
  '11': ['parameters', 'imports', 'networks'],
  '12': ['parameters', 'imports', 'digits'],
  '17': ['parameters', 'imports', 'contestants', 'judges'],
  '18': ['parameters', 'imports', 'networks'],
};

function cells(number: string): (id: string) => string {
  const file = readdirSync(folder).find((name) => name.startsWith(`${number}-`))!;
  const all = readNotebook(join(folder, file)).cells;
  return (id) => sourceOf(all.find((cell) => cell.id === id)!);
}

const namesOf = (number: string): string[] =>
  declaredParameters(cells(number)('parameters')).get('data')!.type.split('|').map(unquoted);
const unquoted = (name: string): string => name.trim().replaceAll("'", '');

/** The same code for few pictures. */
const tiny = (code: string): string =>
  code
    .replace(/\{ train: \d+, test: \d+ \}/, '{ train: 60, test: 20 }')
    .replaceAll(/\.slice\(\[0\], \[\d+\]\)/g, '.slice([0], [10])')
    .replaceAll('letters(1000', 'letters(10');

/** What holds whatever the pictures are: views of their shape, and an encoder that takes them. */
const check = `
const { x1 } = views({ images: pictures.train.images }, random.key(1));
const z = encoder.apply(encoder.init(random.key(0)), x1);
if (x1.shape.join() !== [60, ...pictures.shape].join() || z.shape[0] !== 60 || z.rank !== 2)
  throw new Error(\`views [\${x1.shape}], features [\${z.shape}]\`);
if (pictures.name !== data) throw new Error(pictures.name);
`;

let sets: ReturnType<typeof tinyImageSets>;
beforeAll(() => (sets = tinyImageSets()));
afterAll(() => sets.remove());

describe.each(Object.keys(cellsOf))('notebook %s', (number) => {
  it('runs on digits where nothing is said, and on photographs where they are asked for', () => {
    expect(namesOf(number)).toEqual(
      expect.arrayContaining(['digits', 'fashionMnist', 'cifar10', 'emoji']),
    );
    expect(cells(number)('parameters')).toMatch(/^const data: .* = 'digits';/m);
  });

  it.each(namesOf(number))('fits %s', async (name) => {
    const code = cellsOf[number]!.map(cells(number)).join('\n');
    await run(tiny(code).replace(/^(const data: .*) = 'digits';/m, `$1 = '${name}';`) + check);
  });
});
