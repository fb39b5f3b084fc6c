// Measures three pages of the built site with Lighthouse, which npx fetches: it is no part of the site's own packages.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { site } from './repository.mjs';

const lighthouse = 'lighthouse@12.2.3';
const pages = process.argv.length > 2 ? process.argv.slice(2) : ['index.html', 'batch-file.html', 'api/engine-market.html'];
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png', '.json': 'application/json' };

const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname.replace(/^\/docs\//, '/').replace(/\/$/, '/index.html');
    const file = join(site, 'dist', path);
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    const isPicture = extname(file) === '.png';
    response.writeHead(200, {
        'content-type': types[extname(file)] ?? 'text/plain',
        'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        ...isPicture ? {} : { 'content-encoding': 'gzip' },
    });
    response.end(isPicture ? readFileSync(file) : gzipSync(readFileSync(file)));
}).listen(0, '127.0.0.1');
await new Promise(resolve => server.once('listening', resolve));
const folder = mkdtempSync(join(tmpdir(), 'granary-lighthouse-'));
process.env.CHROME_PATH ??= execFileSync('sh', ['-c', 'command -v chromium || command -v google-chrome'], { encoding: 'utf8' }).trim();

const run = page => new Promise((resolve, reject) => spawn('npx', ['--yes', lighthouse,
    `http://127.0.0.1:${server.address().port}/docs/${page}`, '--quiet', '--output=json', `--output-path=${folder}/report.json`,
    '--chrome-flags=--headless=new --no-sandbox --disable-gpu', '--only-categories=performance,accessibility,best-practices,seo'],
    { stdio: ['ignore', 'ignore', 'inherit'] }).on('exit', code => code === 0 ? resolve() : reject(new Error(`Lighthouse ended with ${code}`))));

let least = 100;
for (const page of pages) {
    await run(page);
    const report = JSON.parse(readFileSync(`${folder}/report.json`, 'utf8'));
    const scores = Object.values(report.categories).map(c => [c.title, Math.round(100 * c.score)]);
    least = Math.min(least, ...scores.map(([, score]) => score));
    console.log(`${page}: ${scores.map(([title, score]) => `${title} ${score}`).join(', ')}`);
    for (const audit of Object.values(report.audits).filter(a => a.score !== null && a.score < 0.9 && a.scoreDisplayMode !== 'informative'))
        console.log(`  ${audit.id} ${audit.displayValue ?? ''}`);
}
rmSync(folder, { recursive: true });
server.close();
process.exit(least >= 95 ? 0 : 1);
