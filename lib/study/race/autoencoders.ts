/** Auto-encoders on the encoder that all rows share, judged where the others are: at its features. */
import { tf, type Tensor, type Tensor2D } from '../../core/engine';
import type { EmbeddingMethod, NoState } from '../../core/method';
import { limitedAutoencoder, sparseLimit, vae } from '../../latent';
import * as tree from '../../core/pytree';
import { calibrate, inInference, mlp, sequential, type Layer, type NetworkParams } from '../../nn';

/** What the networks have to fit. */
export interface AutoencoderShape {
  readonly side: number;
  readonly channels: number;
  /** The width of the shared encoder's output. */
  readonly features: number;
}

interface Params<E> {
  /** `body` is the encoder that is judged, `head` makes a latent of its features. */
  readonly encoder: { readonly body: E; readonly head: NetworkParams };
  readonly decoder: NetworkParams;
}
type OnImages<P> = EmbeddingMethod<P, NoState, { readonly x: Tensor }>;

/** The latents' width, as that of the projectors' output, and that of the layers within. */
const [dim, within] = [64, 256];

/**
 * A variational auto-encoder, whose `embed` gives the features and not the latent's mean: as the
 * projector of a joint embedding, what comes after the features serves the training only.
 *
 * @param options.beta the price of a nat, at least 0.
 */
export function vaeOn<E>(
  body: Layer<E>,
  shape: AutoencoderShape,
  { beta }: { readonly beta: number },
): OnImages<Params<E>> {
  const { features, side, channels } = shape;
  const head = mlp([features, 128, 2 * dim]);
  return {
    ...vae<Params<E>['encoder'], NetworkParams>({
      encoder: sequential({ body, head }) as Layer<Params<E>['encoder']>,
      decoder: mlp([dim, within, side * side * channels]),
      likelihood: { kind: 'bernoulli' },
      beta,
    }),
    embed: embedBy(body),
  };
}

/**
 * A sparse auto-encoder, in the same way.
 *
 * @param options.alpha the price of a unit of the latent, at least 0.
 */
export function sparseAutoencoder<E>(
  body: Layer<E>,
  shape: AutoencoderShape,
  { alpha }: { readonly alpha: number },
): OnImages<Params<E>> {
  const { features, side, channels } = shape;
  const numbers = side * side * channels;
  const flat = (x: Tensor): Tensor2D => x.reshape([x.shape[0]!, numbers]) as Tensor2D;
  const head = mlp([features, 128, dim]);
  const {
    objective,
    calibrate: calibrateOn,
    ...rest
  } = limitedAutoencoder<Params<E>['encoder'], NetworkParams, NoState>({
    encoder: onRows(sequential({ body, head }) as Layer<Params<E>['encoder']>, [
      side,
      side,
      channels,
    ]),
    decoder: mlp([dim, within, numbers]),
    limit: sparseLimit({ alpha }),
  });
  return {
    ...rest,
    objective: (params, { x }, key, state) => objective(params, { x: flat(x) }, key, state),
    calibrate(params, x) {
      const rows = flat(x);
      try {
        return calibrateOn(params, {}, rows);
      } finally {
        rows.dispose();
      }
    },
    embed: embedBy(body),
  };
}

const embedBy =
  <E>(body: Layer<E>) =>
  ({ encoder }: Params<E>, x: Tensor): Tensor2D =>
    tf.tidy(() => body.apply(encoder.body, x, inInference) as Tensor2D);

/** A layer of images as one of rows of numbers, [batch, numbers], with the same parameters. */
function onRows<P>(layer: Layer<P>, shape: readonly [number, number, number]): Layer<P> {
  const images = (x: Tensor): Tensor => x.reshape([x.shape[0]!, ...shape]);
  return {
    ...layer,
    apply: (params, x, options) => layer.apply(params, images(x), options),
    calibrate: (params, x) => tree.tidy(() => calibrate(layer, params, images(x))),
  };
}
