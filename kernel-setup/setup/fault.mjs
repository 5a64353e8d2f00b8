/**
 * Faults of the machine, told as one sentence that says what is wrong and one that says how to mend
 * it.
 */

/** Something outside this project must be mended first. Commands print it and exit with 3. */
export class Fault extends Error {
  /**
   * @param {string} what what is wrong, a full sentence
   * @param {string} mend how to mend it, a full sentence
   */
  constructor(what, mend) {
    super(`${what} ${mend}`);
    this.name = 'Fault';
    this.what = what;
    this.mend = mend;
  }
}

/** The command was called wrongly. Commands print it with their usage and exit with 2. */
export class Usage extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'Usage';
  }
}

/** The user pressed Ctrl-C, or the process was told to end. Commands exit with 130. */
export class Interrupted extends Error {
  constructor() {
    super('Interrupted. The next start goes on from here.');
    this.name = 'Interrupted';
  }
}

const again = 'Then run the same command again: it goes on from where it stopped.';

/**
 * What programs say when the machine is at fault, most certain first: pip, for one, ends with "no
 * matching distribution" when the network is down.
 *
 * @type {{ kind: 'disk' | 'readonly' | 'permission' | 'certificate' | 'network' | 'missing', said: RegExp, what: string, mend: string }[]}
 */
const symptoms = [
  {
    kind: 'disk',
    said: /ENOSPC|EDQUOT|no space left on device|not enough space on the disk|disk quota exceeded/i,
    what: 'The disk is full.',
    mend: `Free some space, or point DARK_MATTER_CACHE at a folder on a larger disk. ${again}`,
  },
  {
    kind: 'readonly',
    said: /EROFS|read-only file system/i,
    what: 'A folder is on a read-only file system.',
    mend: `Move the clone to a disk that can be written, or point DARK_MATTER_CACHE at a folder that can. ${again}`,
  },
  {
    kind: 'permission',
    said: /\bEACCES\b|\bEPERM\b|permission denied|access is denied/i,
    what: 'A folder may not be written by this user.',
    mend: `Give yourself the right to write the clone and its cache, or point DARK_MATTER_CACHE at a folder of your own. ${again}`,
  },
  {
    kind: 'certificate',
    said: /CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF)|certificate verify failed/i,
    what: "The package registry's certificate is not trusted by this machine.",
    mend: `Tell npm (NODE_EXTRA_CA_CERTS) and pip (PIP_CERT) of your proxy's certificate authority. ${again}`,
  },
  {
    kind: 'network',
    said: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|EHOSTUNREACH|connection refused|connection broken|failed to establish a new connection|name resolution|network is unreachable|max retries exceeded|read timed out|ProxyError/i,
    what: 'The package registry cannot be reached.',
    mend: `Check the network and the proxy settings (HTTPS_PROXY, npm config, pip config). ${again}`,
  },
  {
    kind: 'missing',
    said: /no matching distribution found|\bE404\b|\bETARGET\b|404 not found/i,
    what: 'The package registry does not have a package that is needed.',
    mend: `Check which registry npm config and pip config name: a partial mirror may lack it. ${again}`,
  },
];

/**
 * Which fault of the machine a program's output tells of, if any.
 *
 * @param {string} text output or error message
 */
export function diagnose(text) {
  return symptoms.find(({ said }) => said.test(text));
}

/**
 * An error of this process or of a program it ran, as a Fault; an error that tells of no fault
 * stays as it is.
 *
 * @param {unknown} error
 * @param {string} [doing] what was being done, such as "npm ci"
 * @returns {unknown}
 */
export function asFault(error, doing) {
  if (
    !(error instanceof Error) ||
    error instanceof Fault ||
    error instanceof Usage ||
    error instanceof Interrupted
  )
    return error;
  const { code, path } = /** @type {NodeJS.ErrnoException} */ (error);
  const symptom = diagnose(`${code ?? ''} ${error.message}`);
  if (!symptom) return error;
  const where = [doing && `while: ${doing}`, path].filter(Boolean).join(', ');
  return new Fault(where ? `${symptom.what.slice(0, -1)} (${where}).` : symptom.what, symptom.mend);
}
