/** The connection file: where Jupyter wants the kernel to listen, and the key it signs with. */
import { readFileSync } from 'node:fs';
import { getHashes } from 'node:crypto';
import type { Signer } from './wire';

const ports = ['shell_port', 'control_port', 'iopub_port', 'stdin_port', 'hb_port'] as const;

export type Channel = 'shell' | 'control' | 'iopub' | 'stdin' | 'hb';

export interface Connection {
  /** The address a channel binds to. */
  readonly address: Readonly<Record<Channel, string>>;
  readonly signer: Signer;
}

/** @throws Error naming the file and the field that is wrong. */
export function readConnection(file: string): Connection {
  const wrong = (what: string): Error => new Error(`connection file ${file}: ${what}`);
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw wrong((error as Error).message);
  }
  const {
    transport = 'tcp',
    ip = '127.0.0.1',
    key = '',
    signature_scheme: scheme = 'hmac-sha256',
  } = fields;
  if (transport !== 'tcp' && transport !== 'ipc')
    throw wrong(`transport: ${String(transport)} given, tcp or ipc expected`);
  if (typeof ip !== 'string' || typeof key !== 'string')
    throw wrong('ip and key: strings expected');
  const algorithm = String(scheme).replace(/^hmac-/, '');
  if (!getHashes().includes(algorithm))
    throw wrong(`signature_scheme: ${String(scheme)} given, hmac-sha256 or another hash expected`);
  const address = {} as Record<Channel, string>;
  for (const name of ports) {
    const port = fields[name];
    if (!Number.isInteger(port))
      throw wrong(`${name}: ${String(port)} given, a whole number expected`);
    const host = transport === 'tcp' && ip.includes(':') ? `[${ip}]` : ip;
    address[name.replace('_port', '') as Channel] =
      transport === 'tcp' ? `tcp://${host}:${String(port)}` : `ipc://${ip}-${String(port)}`;
  }
  return { address, signer: { algorithm, key } };
}
