// The built site: every link leads to a page and a heading of it, nothing comes from another server, and each page has its twin.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist');
const base = process.env.GRANARY_SITE_BASE ?? '/docs/';
const pages = new Map();

const decode = text => text.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');

before(() => {
    assert.ok(existsSync(`${dist}/index.html`), 'run npm run build first');
    for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true }).filter(e => e.isFile() && e.name.endsWith('.html'))) {
        const path = relative(dist, join(entry.parentPath ?? entry.path, entry.name));
        const html = readFileSync(join(dist, path), 'utf8');
        pages.set(path, { html, ids: new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(m => decode(m[1]))) });
    }
});

test('each link within the site leads to a file and a heading that exist', () => {
    const faults = [];
    for (const [path, { html }] of pages)
        for (const [, raw] of html.matchAll(/\s(?:href|src)="([^"]+)"/g)) {
            const url = decode(raw);
            if (/^[a-z][a-z+.-]*:/i.test(url) || url.startsWith('//')) continue;
            const [where, hash] = url.split('#');
            let file = where === '' ? path : where.startsWith('/')
                ? (where.startsWith(base) ? where.slice(base.length) : `outside/${where}`)
                : posix.join(posix.dirname(path), where);
            if (file === '' || file.endsWith('/')) file += 'index.html';
            file = decodeURIComponent(file);
            if (!existsSync(join(dist, file))) faults.push(`${path}: ${url}`);
            else if (hash && pages.has(file) && !pages.get(file).ids.has(decodeURIComponent(hash))) faults.push(`${path}: ${url} (heading)`);
        }
    assert.deepEqual([...new Set(faults)], []);
});

test('no page loads anything from another server', () => {
    const faults = [];
    for (const [path, { html }] of pages)
        for (const [tag, url] of html.matchAll(/<(?:script|link|img|iframe|source|use)\b[^>]*?\s(?:href|src|srcset)="((?:https?:)?\/\/[^"]+)"/g))
            if (!tag.includes('rel="canonical"')) faults.push(`${path}: ${url}`);
    for (const name of readdirSync(`${dist}/assets`).filter(n => n.endsWith('.css')))
        for (const [, url] of readFileSync(`${dist}/assets/${name}`, 'utf8').matchAll(/(?:url\(|@import )["']?((?:https?:)?\/\/[^"')]+)/g))
            faults.push(`${name}: ${url}`);
    assert.deepEqual(faults, []);
});

test('no link of a page keeps an address of the repository that the site has no page for', () => {
    const faults = [];
    for (const [path, { html }] of pages)
        for (const [, url] of html.matchAll(/<a\b[^>]*\shref="([^"]+)"/g))
            if (/\.md(#|$)/.test(url) && !url.startsWith('http')) faults.push(`${path}: ${url}`);
    assert.deepEqual(faults, []);
});

test('each page has a title, a description and a twin in Markdown that it names', () => {
    for (const [path, { html }] of pages) {
        if (path === '404.html') continue;
        const twin = path.replace(/\.html$/, '.md');
        assert.match(html, /<title>[^<]+<\/title>/, path);
        assert.match(html, /<meta name="description" content="[^"]+"/, path);
        assert.ok(html.includes(`rel="alternate" type="text/markdown" href="${base}${twin}"`), path);
        assert.ok(existsSync(join(dist, twin)), twin);
    }
});

test('llms.txt names each page by an address that exists', () => {
    const text = readFileSync(`${dist}/llms.txt`, 'utf8');
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(m => m[1]);
    assert.ok(links.length > 40);
    for (const link of links) assert.ok(existsSync(join(dist, link.slice(base.length))), link);
});

test('a text with braces or angle brackets is shown as it is written', () => {
    const shown = pages.get('extending.html').html;
    assert.match(shown.replace(/<[^>]+>/g, ''), /Queue&lt;double&gt;/);
    assert.ok(![...pages.values()].some(p => p.html.includes('&amp;#123;')));
});
