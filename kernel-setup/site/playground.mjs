/**
 * The playground of the front page: its HTML, and its scripts with the engine, bundled for browsers.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { writeEngine } from './engine.mjs';

const sources = fileURLToPath(new URL('playground', import.meta.url));

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
  writeEngine(folder, modules);
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

/**
 * All choices are in sight: a list that has to be opened hides what there is to try.
 * @param {string} name @param {string} legend @param {string} chosen
 * @param {readonly (readonly [string, string])[]} choices
 */
const chips = (name, legend, chosen, choices) => {
  const one = (/** @type {readonly [string, string]} */ [value, text]) =>
    `<label><input type="radio" name="${name}" id="${name}-${value}" value="${value}"${value === chosen ? ' checked' : ''}><span>${text}</span></label>`;
  return `<fieldset class="chips"><legend>${legend}</legend>${choices.map(one).join('')}</fieldset>`;
};

/** @param {readonly (readonly [string, string, string])[]} figures id, name, what it means */
const figures = (figures) =>
  `<dl>${figures.map(([id, name, meaning]) => `<div><dt>${name}</dt><dd><strong id="${id}">–</strong><small>${meaning}</small></dd></div>`).join('')}</dl>`;

/** @param {string} id @param {string} label */
const curve = (id, label) =>
  `<canvas class="curve" id="${id}" width="720" height="150" role="img" aria-label="${label}"></canvas>`;

/** @param {readonly string[]} steps what to do first */
const todo = (steps) => `<ol class="todo">${steps.map((step) => `<li>${step}</li>`).join('')}</ol>`;

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
<span id="${of}-told" class="told"></span>
</div>`;

export const playgroundHtml = `<link rel="stylesheet" href="./play/style.css">
<section class="play" id="play" aria-label="Playground">
<div role="tablist" aria-label="Playground">
<button type="button" role="tab" id="tab-landscape" aria-controls="landscape" aria-selected="true">Shape an energy</button>
<button type="button" role="tab" id="tab-twins" aria-controls="twins" aria-selected="false" tabindex="-1">Make twins agree</button>
</div>
<div role="tabpanel" id="landscape" aria-labelledby="tab-landscape" class="panel">
${todo([
  '<strong>Drag the white points.</strong> The dark valley follows them.',
  '<strong>Then choose “Nothing”</strong> and watch the landscape collapse.',
  '<strong>Add points:</strong> click an empty place, or drag across it.',
])}
<div class="stage">
<div class="frame">
<canvas id="plane" width="720" height="720" tabindex="0" role="application" aria-roledescription="landscape with points" aria-label="An energy over the plane, dark where it is low, and the points it is learned from" aria-describedby="plane-keys"></canvas>
<span class="hint" id="hint" hidden>drag me</span>
<p class="verdict" id="landscape-verdict" role="status"></p>
</div>
<p class="legend"><span>low energy: likely</span><i></i><span>high: unlikely</span></p>
<p class="keys" id="plane-keys">Double-click a point to remove it. With keys: N and P choose a point, arrows move it, Enter adds one, Delete removes it.</p>
<p id="plane-told" class="unseen" role="status"></p>
</div>
<div class="controls">
${chips('mechanism', 'What holds the energy up elsewhere?', 'nce', [
  ['nothing', 'Nothing'],
  ['nce', 'Noise points (NCE)'],
  ['cd', 'Its own samples (CD)'],
  ['score', 'Denoising score matching'],
  ['vae', 'A noisy latent (VAE)'],
  ['kmeans', 'A few codes (k-means)'],
])}
<p class="why" id="mechanism-why"></p>
${figures([
  ['likelihood', 'Log-likelihood', 'nats per new point'],
  ['truth', 'Best possible', 'of the true density'],
  ['missing', 'Missing', '0 is perfect'],
])}
${curve('likelihood-curve', 'The log-likelihood over time, and above it the best possible as a dashed line')}
${buttons('landscape')}
<div class="field"><label for="data">Points</label><span>${select('data', [...shapes, ['own', 'Your own']])} <button type="button" id="data-anew">Draw anew</button></span></div>
${field('width', 'Network width', slider('width', 1, 5, 1, 3))}
${field('rate', 'Learning rate', slider('rate', -4, -1.5, 0.1, -2.3))}
${field('blur', 'Noise on points', slider('blur', 0.05, 0.5, 0.05, 0.2))}
<div class="check"><input type="checkbox" id="samples"><label for="samples">Show samples drawn from the model (orange)</label></div>
</div>
</div>
<div role="tabpanel" id="twins" aria-labelledby="tab-twins" class="panel" hidden>
${todo([
  '<strong>Twins are noisy copies of one point.</strong> A network learns to place them alike.',
  '<strong>Untick “Hold it up”.</strong> All points fall into one: collapse.',
  '<strong>Try another method.</strong> Each has its own way to hold them up.',
])}
<div class="stage">
<div class="frame">
<canvas id="sphere" width="720" height="720" role="img" aria-label="The embeddings of the points, on a sphere"></canvas>
<canvas id="inputs" width="220" height="220" role="img" aria-label="The points that are embedded, in the same colours"></canvas>
<p class="verdict" id="twins-verdict" role="status"></p>
</div>
<p class="keys">On the sphere: the embedding of each point. (VICReg and Barlow Twins compare places and not directions; theirs are drawn inside it.) In the corner: the same points as the network sees them, in the same colours.</p>
</div>
<div class="controls">
${chips('method', 'Method', 'simclr', [
  ['agreement', 'Agreement only'],
  ['simclr', 'SimCLR'],
  ['vicreg', 'VICReg'],
  ['barlow', 'Barlow Twins'],
  ['byol', 'BYOL'],
])}
<div class="check switch"><input type="checkbox" id="held" checked><label for="held">Hold it up: <span id="held-by"></span></label></div>
<p class="why" id="method-why"></p>
${figures([
  ['spread', 'Spread', '0: all in one point'],
  ['rank', 'Effective rank', 'directions in use, of 3'],
  ['gap', 'Energy gap', 'strangers less twins'],
])}
${curve('spread-curve', 'The spread over time')}
${buttons('twins')}
${field('inputs-data', 'Points', `<span>${select('inputs-data', shapes)}</span>`)}
${field('twins-rate', 'Learning rate', slider('twins-rate', -4, -1.5, 0.1, -2.5))}
${field('noise', 'Noise of twins', slider('noise', 0.05, 1, 0.05, 0.4))}
</div>
</div>
<noscript><p>The playground needs JavaScript.</p></noscript>
</section>
<script src="./play/main.js" defer></script>`;
