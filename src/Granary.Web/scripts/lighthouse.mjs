// Prints Lighthouse's figures of views of a running server: node scripts/lighthouse.mjs http://127.0.0.1:8080 / /runs /jobs ...
// It needs Chromium (CHROME_PATH) and fetches Lighthouse with npx, which is too large to be a dependency of the build.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const [server, ...views] = process.argv.slice(2);
if (server === undefined || views.length === 0) {
    console.error('usage: node scripts/lighthouse.mjs SERVER VIEW...');
    process.exit(2);
}
const least = { accessibility: 100, 'best-practices': 95 };
const call = promisify(execFile);
let short = 0;
for (const view of views) {
    const { stdout, problem } = await call(
        'npx',
        [
            '--yes',
            'lighthouse',
            new URL(view, server).href,
            '--quiet',
            '--output=json',
            `--only-categories=${Object.keys(least).join()}`,
            // The stream of changes never ends, so that the network never becomes idle: without this, 45 seconds for each view.
            '--max-wait-for-load=8000',
            // Neither score depends on the speed of the network, nor on the picture of the page.
            '--throttling-method=provided',
            '--disable-full-page-screenshot',
            '--chrome-flags=--headless --no-sandbox --disable-gpu',
        ],
        { maxBuffer: 1 << 28, env: { CHROME_PATH: '/usr/bin/chromium', ...process.env } },
    ).catch((e) => ({ problem: e.stderr.trim().split('\n').at(-1) }));
    if (problem !== undefined) {
        console.log(`${view}: ${problem}`);
        short++;
        continue;
    }
    const result = JSON.parse(stdout);
    const scores = Object.keys(least).map((c) => [c, Math.round(result.categories[c].score * 100)]);
    const failed = Object.values(result.audits).filter((a) => a.score === 0 && a.scoreDisplayMode === 'binary');
    short += scores.some(([c, score]) => score < least[c]) ? 1 : 0;
    console.log(`${view}: ${scores.map(([c, score]) => `${c} ${score}`).join(', ')}${failed.map((a) => `; ${a.id}`).join('')}`);
}
process.exit(short === 0 ? 0 : 1);
