// Makes of the built site what 'granary serve' embeds: each file compressed, and the policy for the scripts within the pages.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { site } from './repository.mjs';

const base = process.env.GRANARY_SITE_BASE ?? '/docs/';
const from = `${site}/dist`, to = `${site}/served`;
rmSync(to, { recursive: true, force: true });
if (base !== '/docs/') {
    console.log(`site/served is not written: it needs the address /docs/, and this site is made for ${base}`);
    process.exit(0);
}

const hashes = new Set();
let bytes = 0, count = 0;
for (const entry of readdirSync(from, { recursive: true, withFileTypes: true }).filter(e => e.isFile())) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const name = relative(from, path);
    const content = readFileSync(path);
    if (extname(name) === '.html')
        for (const [, script] of content.toString().matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g))
            if (script.trim()) hashes.add(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    const isPicture = extname(name) === '.png';
    const file = `${to}/${name}${isPicture ? '' : '.gz'}`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, isPicture ? content : gzipSync(content, { level: 9 }));
    bytes += statSync(file).size;
    count++;
}
// The pages have the same few scripts: a policy with hundreds of hashes would be a fault of the site.
if (hashes.size > 8) throw new Error(`the pages have ${hashes.size} different scripts within them; all others come as files`);
writeFileSync(`${to}/scripts.txt`, [...hashes].sort().join(' '));
console.log(`site/served: ${count} files, ${(bytes / 1e6).toFixed(1)} MB compressed`);
