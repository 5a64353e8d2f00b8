/**
 * A transformer that predicts the masked words of a text (BERT: Devlin et al. 2019): 5 of 32 are
 * masked.
 */
import { nn, random, tf } from 'dark-matter';
import { training } from './case.mjs';

const vocabulary = 4096,
  width = 128,
  depth = 4,
  length = 32,
  batch = 64,
  masked = 5;
const network = nn.sequential({
  embed: nn.embedding(vocabulary, width),
  place: nn.positionEmbedding(length, width),
  blocks: nn.sequential(
    Array.from({ length: depth }, () => nn.transformerBlock(width, { heads: 4 })),
  ),
  norm: nn.layerNorm(width),
});
const words = nn.dense(width, vocabulary);

export default training({
  name: 'masked-words',
  title: `Masked-word transformer, vocabulary ${vocabulary}, width ${width}, ${depth} layers, length ${length}, batch ${batch}`,
  draw: (key) => {
    const [forNetwork, forWords, forTokens, forTargets, forPlaces] = random.split(key, 5);
    const rows = random
      .split(forPlaces, batch)
      .map((row, i) => random.choice(row, length, masked).add(tf.scalar(i * length, 'int32')));
    return {
      params: { network: network.init(forNetwork), words: words.init(forWords) },
      batch: {
        tokens: random.randint(forTokens, [batch, length], 0, vocabulary),
        places: tf.concat(rows),
        targets: random.randint(forTargets, [batch * masked], 0, vocabulary),
      },
    };
  },
  loss: (params, { tokens, places, targets }) => {
    const states = network.apply(params.network, tokens).reshape([batch * length, width]);
    const logits = words.apply(params.words, tf.gather(states, places));
    const ofTargets = logits.mul(tf.oneHot(targets, vocabulary).toFloat()).sum(1);
    return tf.logSumExp(logits, 1).sub(ofTargets).mean();
  },
});
