import { contrastive, nn, random, tf, train, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

type Matrix = ReturnType<typeof tf.tensor2d>;
/** No parameters: what goes in is what is compared. */
const same = nn.fromFunction('same', (x) => x.clone());
const bare = { encoder: same, projector: same, margin: 1 };
const rows = (values: number[][]) => tf.tensor2d(values);
const lossOf = (
  method: ReturnType<typeof contrastive.drlim<nn.NoParams, nn.NoParams>>,
  x1: Matrix,
  x2: Matrix,
) =>
  method
    .objective({ encoder: {}, projector: {} }, { x1, x2 }, random.key(0), {})
    .loss.dataSync()[0]!;
const right = rows([
  [1, 0],
  [0, 1],
]);

describe.each([
  ['DrLIM', contrastive.drlim(bare)],
  ['the triplet network', contrastive.tripletNetwork(bare)],
] as const)('%s', (name, method) => {
  it('is content where twins coincide and others are beyond the margin, whatever the lengths', () => {
    expect(lossOf(method, right, right.mul(7))).toBeCloseTo(0, 5);
  });

  it('is worth its margin where everything has collapsed: collapse does not pay', () => {
    const one = rows([
      [1, 0],
      [1, 0],
    ]);
    // Pairs: half of them are 1 too close, (1^2 / 2) / 2. Triplets: the margin.
    expect(lossOf(method, one, one)).toBeCloseTo(name === 'DrLIM' ? 0.25 : 1, 5);
  });

  it('costs what its formula says where twins are swapped: d = sqrt 2 to the twin, 0 to the other', () => {
    const swapped = rows([
      [0, 1],
      [1, 0],
    ]);
    expect(lossOf(method, right, swapped)).toBeCloseTo(
      name === 'DrLIM' ? (2 + 1) / 4 : Math.SQRT2 + 1,
      4,
    );
  });
});

describe('methods with one negative', () => {
  const networks = { encoder: nn.mlp([4, 16, 8]), projector: nn.mlp([8, 3]) };

  it.each([
    ['DrLIM', contrastive.drlim(networks)],
    ['triplets', contrastive.tripletNetwork(networks)],
  ] as const)('%s: training brings twins nearer than others', async (_name, method) => {
    const x = random.normal(random.key(0), [256, 4]);
    const augment = ({ x: clean }: { x: typeof x }, key: ReturnType<typeof random.key>) => {
      const [a, b] = random.split(key);
      return {
        x1: clean.add(random.normal(a, clean.shape, 0, 0.1)),
        x2: clean.add(random.normal(b, clean.shape, 0, 0.1)),
      };
    };
    const trained = await train({
      method,
      data: { x },
      augment,
      batch: 64,
      steps: 150,
      display: 'none',
    });
    const views = augment({ x }, random.key(5));
    const mean = (t: ReturnType<typeof tf.tensor>) => t.mean().dataSync()[0]!;
    const twins = mean(method.energy(trained.params, views.x1, views.x2));
    const others = mean(method.energy(trained.params, views.x1, tf.reverse(views.x2, 0)));
    expect(twins).toBeLessThan(0.1);
    expect(others).toBeGreaterThan(5 * twins);
    trained.dispose();
  });

  it('leak no tensor, and name a wrong margin', () => {
    const batch = {
      x1: random.normal(random.key(0), [6, 4]),
      x2: random.normal(random.key(1), [6, 4]),
    };
    for (const method of [contrastive.drlim(networks), contrastive.tripletNetwork(networks)]) {
      expectNoLeak(() =>
        tree.tidy(
          () => void method.objective(method.init(random.key(0)).params, batch, random.key(0), {}),
        ),
      );
    }
    const wrong = contrastive.drlim({ ...networks, margin: -1 });
    expect(() =>
      wrong.objective(wrong.init(random.key(0)).params, batch, random.key(0), {}),
    ).toThrow('margin: -1 given');
  });
});
