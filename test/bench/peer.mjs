// @ts-check
/** A peer's process, and how to ask it; what is said is told in peers/serve.mjs. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * @typedef {{ losses: number[], compileMs: number, mode?: string, nodes?: number, [detail: string]: unknown }} Ready
 */

export class Peer {
  /**
   * @param {string} name
   * @param {string} program
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   */
  constructor(name, program, args, env = process.env) {
    this.name = name;
    this.child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.errors = '';
    this.child.stderr.on(
      'data',
      (/** @type {Buffer} */ text) => (this.errors = (this.errors + text).slice(-4000)),
    );
    this.child.on('error', (error) => (this.errors += error.message));
    // it ended: the answer that does not come says so
    this.child.stdin.on('error', () => undefined);
  }

  /**
   * @param {{ do: string, [key: string]: unknown }} request
   * @returns {Promise<any>}
   * @throws what the peer answers as an error
   */
  async ask(request) {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the process ended: ${this.errors.trim().split('\n').at(-1) ?? ''}`);
    const answer = JSON.parse(value);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** @param {string} name of the case @param {string} file of its data @returns {Promise<Ready>} */
  prepare(name, file) {
    return this.ask({ do: 'prepare', case: name, file });
  }

  /** @param {number} steps @returns {Promise<number>} milliseconds a step */
  async round(steps) {
    return (await this.ask({ do: 'round', steps })).ms;
  }

  async finish() {
    await this.ask({ do: 'finish' });
  }

  end() {
    this.child.stdin.end();
    setTimeout(() => this.child.kill('SIGKILL'), 3000).unref();
  }
}
