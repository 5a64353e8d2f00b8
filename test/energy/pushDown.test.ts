import { energy, nn, optim, random, train } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

describe('pushing down only', () => {
  const network = nn.sequential([nn.mlp([2, 16, 1]), nn.softplus()]);
  const method = energy.pushDown({ network });

  it('is the mean energy of the data, with no mechanism to hold it up', () => {
    const { params, state } = method.init(random.key(0));
    const x = random.normal(random.key(1), [32, 2]);
    const { loss } = method.objective(params, { x }, random.key(2), state);
    expect(loss.dataSync()[0]).toBeCloseTo(method.energy(params, x, x).mean().dataSync()[0]!, 6);
    expect(method.mechanism).toBe('none');
    expectNoLeak(() => method.energy(params, x, x).dispose());
  });

  it('collapses: off the data the energy ends as low as on it', async () => {
    const x = random.normal(random.key(1), [256, 2]).mul(0.3);
    const far = random.uniform(random.key(2), [256, 2], -2, 2);
    const { params } = await train({
      method,
      data: { x },
      batch: 64,
      steps: 300,
      optimizer: optim.adam({ learningRate: 1e-2 }),
      display: 'none',
    });
    expect(method.energy(params, far, far).max().dataSync()[0]).toBeLessThan(0.1);
  });
});
