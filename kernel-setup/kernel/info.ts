/** What kernel_info_reply says. */
import { protocolVersion, type Content } from './wire';

export function kernelInfo(versions: {
  readonly version: string;
  readonly typescript: string;
}): Content {
  return {
    status: 'ok',
    protocol_version: protocolVersion,
    implementation: 'dark-matter',
    implementation_version: versions.version,
    language_info: {
      name: 'typescript',
      version: versions.typescript,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      // `mode` is for JupyterLab, the rest for the classic notebook, whose TypeScript is a variant
      // of JavaScript.
      codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
      nbconvert_exporter: 'script',
    },
    banner: `Dark Matter ${versions.version}: TypeScript ${versions.typescript} on Node ${process.versions.node}`,
    help_links: [
      { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
      { text: 'Node.js', url: 'https://nodejs.org/api/' },
    ],
    debugger: false,
  };
}
