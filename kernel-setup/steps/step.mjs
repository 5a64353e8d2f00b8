/** What a step of the set-up is. */

/**
 * @typedef {object} Context
 * @property {import('../setup/paths.mjs').Paths} paths
 * @property {AbortSignal} signal
 * @property {boolean} thorough also tries again what was impossible the last time
 */

/**
 * @typedef {object} Damage
 * @property {string} file what is damaged
 * @property {string[]} remove what goes, so that the step makes it anew
 */

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {(context: Context) => boolean} isDone cheap: every start asks it
 * @property {(context: Context) => Promise<void>} run may be interrupted anywhere, and called again
 * @property {(context: Context) => Promise<Damage[]>} [damage] what is no longer as it was made, by
 * checksum: slow, so only `npm run setup` and `npm run doctor` ask
 * @property {(context: Context) => void} [remark] what must be said at every start
 */

export {};
