import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
}

/** The built console, held in memory: what is not in the table does not exist, whatever a path says. */
export interface Site {
  readonly index: Asset
  /** By file name; each name carries a hash of its content. */
  readonly assets: ReadonlyMap<string, Asset>
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Reads what `npm run build -w packages/console` made; undefined when it was not built. */
export async function readSite(dir: string): Promise<Site | undefined> {
  try {
    const [index, names] = await Promise.all([
      readFile(join(dir, 'index.html')),
      readdir(join(dir, 'assets'), { withFileTypes: true }),
    ])
    const assets = await Promise.all(
      names
        .filter((entry) => entry.isFile())
        .map(async ({ name }) => [name, await readAsset(join(dir, 'assets', name))] as const),
    )
    return {
      index: { body: new Uint8Array(index), contentType: 'text/html; charset=utf-8' },
      assets: new Map(assets.filter((pair): pair is [string, Asset] => pair[1] !== undefined)),
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function readAsset(file: string): Promise<Asset | undefined> {
  const contentType = CONTENT_TYPES[extname(file)]
  return contentType === undefined ? undefined : { body: new Uint8Array(await readFile(file)), contentType }
}
