import { expect, test } from 'vitest';
import { gaussLegendre } from '../../../lib/data/toys/quadrature';

test('Gauss-Legendre integrates polynomials of degree 2 n - 1 exactly', () => {
  const { nodes, weights } = gaussLegendre(6);
  for (let degree = 0; degree < 12; degree++) {
    const integral = nodes.reduce((sum, x, i) => sum + weights[i]! * x ** degree, 0);
    expect(integral).toBeCloseTo(degree % 2 ? 0 : 2 / (degree + 1), 13);
  }
  const many = gaussLegendre(361);
  expect(many.nodes.reduce((sum, x, i) => sum + many.weights[i]! * Math.exp(x), 0)).toBeCloseTo(
    Math.E - 1 / Math.E,
    12,
  );
});
