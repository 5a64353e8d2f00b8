/**
 * The playground of the front page: its HTML, and its scripts with the engine, bundled for browsers.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const sources = fileURLToPath(new URL('playground', import.meta.url));

/** tfjs takes the second where a browser lacks SIMD, and the third where a server allows threads. */
const engines = ['', '-simd', '-threaded-simd'].map((kind) => `tfjs-backend-wasm${kind}.wasm`);

/**
 * Writes what the playground fetches.
 * @param {string} folder where it goes
 * @param {string} modules node_modules
 */
export async function writePlayground(folder, modules) {
  mkdirSync(folder, { recursive: true });
  for (const name of ['main', 'worker']) {
    const build = await rolldown({
      input: join(sources, `${name}.ts`),
      platform: 'browser',
      logLevel: 'silent',
      tsconfig: false,
    });
    try {
      const { output } = await build.generate({ format: 'iife', minify: true });
      const { code, imports } = output[0];
      if (imports.length > 0)
        throw new Error(`${name}.ts: imports ${imports.join(', ')}, which no browser has`);
      writeFileSync(join(folder, `${name}.js`), code);
    } finally {
      await build.close();
    }
  }
  copyFileSync(join(sources, 'style.css'), join(folder, 'style.css'));
  for (const file of engines)
    copyFileSync(join(modules, '@tensorflow/tfjs-backend-wasm/dist', file), join(folder, file));
}

/** @param {string} id @param {string} label @param {string} control */
const field = (id, label, control) =>
  `<div class="field"><label for="${id}">${label}</label>${control}</div>`;

/** @param {string} id @param {readonly (readonly [string, string])[]} choices */
const select = (id, choices) =>
  `<select id="${id}">${choices.map(([value, text]) => `<option value="${value}">${text}</option>`).join('')}</select>`;

/** @param {string} id @param {number} min @param {number} max @param {number} step @param {number} value */
const slider = (id, min, max, step, value) =>
  `<input id="${id}" type="range" min="${min}" max="${max}" step="${step}" value="${value}"><output for="${id}"></output>`;

/** @param {readonly (readonly [string, string, string])[]} figures id, name, what it means */
const figures = (figures) =>
  `<dl>${figures.map(([id, name, meaning]) => `<div><dt>${name}</dt><dd><strong id="${id}">–</strong> <small>${meaning}</small></dd></div>`).join('')}</dl>`;

/** @type {readonly (readonly [string, string])[]} */
const shapes = [
  ['moons', 'Two moons'],
  ['pinwheel', 'A pinwheel'],
  ['spirals', 'Two spirals'],
  ['rings', 'Rings'],
  ['gaussians8', 'Eight clusters'],
];

/** @param {string} of */
const buttons = (of) => `<div class="buttons">
<button type="button" id="${of}-pause" aria-pressed="false">Pause</button>
<button type="button" id="${of}-again">Start again</button>
</div>`;

export const playgroundHtml = `<link rel="stylesheet" href="./play/style.css">
<section class="play" id="play" aria-label="Playground">
<div role="tablist" aria-label="Playground">
<button type="button" role="tab" id="tab-landscape" aria-controls="landscape" aria-selected="true">Shape an energy</button>
<button type="button" role="tab" id="tab-twins" aria-controls="twins" aria-selected="false" tabindex="-1">Twins and collapse</button>
</div>
<div role="tabpanel" id="landscape" aria-labelledby="tab-landscape" class="panel">
<p class="todo"><strong>Drag a white point: the dark valley follows it.</strong> Click an empty place to add a point. Then set “What holds the energy up” to “Nothing”, and watch the landscape collapse.</p>
<div class="stage">
<canvas id="plane" width="640" height="640" tabindex="0" role="application" aria-roledescription="landscape with points" aria-label="An energy over the plane, dark where it is low, and the points it is learned from" aria-describedby="plane-keys"></canvas>
<p class="legend"><span>low energy: likely</span><i></i><span>high: unlikely</span></p>
<p id="landscape-told" class="told"></p>
<p class="keys" id="plane-keys">Double-click a point to remove it. With keys: N and P choose a point, arrows move it, Enter adds one, Delete removes it.</p>
<p id="plane-told" class="unseen" role="status"></p>
</div>
<div class="controls">
${field(
  'mechanism',
  'What holds the energy up',
  select('mechanism', [
    ['nce', 'Noise points, pushed up (NCE)'],
    ['nothing', 'Nothing: only pushed down'],
    ['cd', 'Its own samples, pushed up (contrastive divergence)'],
    ['score', 'A slope that leads back to the points (denoising score matching)'],
    ['vae', 'A noisy latent (VAE)'],
    ['kmeans', 'A few codes (k-means)'],
  ]),
)}
<p class="why" id="mechanism-why"></p>
${field('data', 'Points', `${select('data', shapes)} <button type="button" id="data-anew">Draw others</button>`)}
${field('width', 'Network width', slider('width', 1, 5, 1, 3))}
${field('rate', 'Learning rate', slider('rate', -4, -1.5, 0.1, -2.3))}
${field('blur', 'Noise around each point', slider('blur', 0.05, 0.5, 0.05, 0.2))}
<div class="field check"><input type="checkbox" id="samples"><label for="samples">Show samples drawn from the model</label></div>
${buttons('landscape')}
${figures([
  ['likelihood', 'Log-likelihood of new data', 'nats a point'],
  ['truth', 'The best possible', 'nats: the distribution that the data come from'],
  ['missing', 'Missing', 'nats: 0 is perfect'],
])}
</div>
</div>
<div role="tabpanel" id="twins" aria-labelledby="tab-twins" class="panel" hidden>
<p class="todo"><strong>Twins are two shaken copies of one point, and the network learns to give them the same place on the sphere.</strong> Clear “Hold it up” and watch all points fall into one.</p>
<div class="stage">
<canvas id="sphere" width="640" height="640" role="img" aria-label="The embeddings of the points, on a sphere"></canvas>
<p id="twins-told" class="told"></p>
<canvas id="inputs" width="220" height="220" role="img" aria-label="The points that are embedded, in the same colours"></canvas>
<p class="keys">Large: each point’s embedding, on the unit sphere (in it, for VICReg and Barlow Twins, which compare places and not directions). Small: the same points, as the network sees them.</p>
</div>
<div class="controls">
${field(
  'method',
  'Method',
  select('method', [
    ['simclr', 'SimCLR'],
    ['vicreg', 'VICReg'],
    ['barlow', 'Barlow Twins'],
    ['byol', 'BYOL'],
    ['agreement', 'Agreement only'],
  ]),
)}
<div class="field check"><input type="checkbox" id="held" checked><label for="held">Hold it up: <span id="held-by"></span></label></div>
<p class="why" id="method-why"></p>
${field('inputs-data', 'Points', select('inputs-data', shapes))}
${field('twins-rate', 'Learning rate', slider('twins-rate', -4, -1.5, 0.1, -2.5))}
${field('noise', 'How different twins are', slider('noise', 0.05, 1, 0.05, 0.2))}
${buttons('twins')}
${figures([
  ['spread', 'Spread', 'about 1: all over the sphere, 0: one point'],
  ['rank', 'Effective rank', 'of 3: directions in use'],
  ['gap', 'Energy gap', 'strangers’ energy less twins’; 0: it cannot tell them apart'],
])}
</div>
</div>
<noscript><p>The playground needs JavaScript.</p></noscript>
</section>
<script src="./play/main.js" defer></script>`;
