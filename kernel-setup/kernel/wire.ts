/**
 * The wire format of Jupyter messages: multipart frames, signed.
 *
 *     [routing id…, '<IDS|MSG>', signature, header, parent header, metadata, content, buffers…]
 *
 * Pure functions: what cannot be read is `undefined`, never an exception. With the other files of
 * this folder it replaces tslab's ZmqServer and JupyterHandlerImpl whole: those know half of the
 * message types, parse before they verify, and lose what they send while the socket is busy.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { deepest, isTooDeep } from './depth';

const delimiter = Buffer.from('<IDS|MSG>');

export const protocolVersion = '5.4';

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

export type Content = Readonly<Record<string, unknown>>;

export interface Message {
  /** The route back to the sender, on a ROUTER socket. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly parent: Header | Record<string, never>;
  readonly metadata: Content;
  readonly content: Content;
  readonly buffers: readonly Uint8Array[];
  /** What is wrong with the content, which is then left empty. */
  readonly fault?: string;
}

/** Signs with the connection's key; an empty key means unsigned. */
export interface Signer {
  readonly algorithm: string;
  readonly key: string;
}

function sign({ algorithm, key }: Signer, parts: readonly (string | Uint8Array)[]): string {
  if (key === '') return '';
  const hmac = createHmac(algorithm, key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

function signed(signer: Signer, signature: Buffer, parts: readonly Buffer[]): boolean {
  const expected = Buffer.from(sign(signer, parts));
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

/**
 * Reads frames from a socket. `undefined` where they are no message, or not signed with our key: to
 * be dropped silently.
 */
export function decode(signer: Signer, frames: readonly Buffer[]): Message | undefined {
  const start = frames.findIndex((frame) => frame.equals(delimiter));
  const signature = frames[start + 1];
  const parts = frames.slice(start + 2, start + 6);
  // The signature first: nothing is parsed that a stranger wrote.
  if (start < 0 || !signature || parts.length < 4 || !signed(signer, signature, parts))
    return undefined;
  const [header, parent, metadata] = parts.slice(0, 3).map(parseObject);
  const tooDeep = isTooDeep(String(parts[3]));
  const content = tooDeep ? {} : parseObject(parts[3]!);
  if (!header || !parent || !metadata || !content || !isHeader(header)) return undefined;
  return {
    identities: frames.slice(0, start),
    header,
    parent: isHeader(parent) ? parent : {},
    metadata,
    content,
    buffers: frames.slice(start + 6),
    ...(tooDeep ? { fault: `content: nested deeper than ${deepest} levels` } : {}),
  };
}

/** The frames of a message. `content` is JSON already. */
export function encode(
  signer: Signer,
  message: {
    readonly identities: readonly (Buffer | string)[];
    readonly header: Header;
    readonly parent: Header | Record<string, never>;
    readonly metadata?: Content | undefined;
    readonly content: string;
    readonly buffers?: readonly Uint8Array[] | undefined;
  },
): (Buffer | string | Uint8Array)[] {
  const parts = [
    toJson(message.header),
    toJson(message.parent),
    toJson(message.metadata ?? {}),
    message.content,
  ];
  return [
    ...message.identities,
    delimiter,
    sign(signer, parts),
    ...parts,
    ...(message.buffers ?? []),
  ];
}

export function newHeader(type: string, session: string): Header {
  return {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: 'kernel',
    date: new Date().toISOString(),
    version: protocolVersion,
  };
}

/**
 * A surrogate without its pair, as JSON.stringify escapes it; not a backslash that happens to stand
 * before `ud800`.
 */
const loneSurrogate = /(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g;

/**
 * JSON that every reader can turn into UTF-8: lone surrogates, which some cannot, become U+FFFD.
 */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes('\\u') || json.includes('\\U')
    ? json.replace(loneSurrogate, '$1\\ufffd')
    : json;
}

function parseObject(part: Buffer): Record<string, unknown> | undefined {
  try {
    const text = part.toString('utf8');
    if (isTooDeep(text)) return undefined;
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isHeader(value: object): value is Header {
  const { msg_id, msg_type, session } = value as Partial<Header>;
  return typeof msg_id === 'string' && typeof msg_type === 'string' && typeof session === 'string';
}
