// @vitest-environment node
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const dist = new URL('../dist/', import.meta.url);

it('has at most 300 KB of gzipped JavaScript', () => {
    expect(existsSync(dist), 'run npm run build first').toBe(true);
    const scripts = readdirSync(new URL('assets/', dist)).filter((name) => name.endsWith('.js'));
    const size = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(`assets/${name}`, dist))).length, 0);
    expect(scripts.length).toBeGreaterThan(2);
    expect(size).toBeLessThanOrEqual(300 * 1024);
});

it('has a page without inline scripts and styles, which the policy of the server refuses', () => {
    const page = readFileSync(new URL('index.html', dist), 'utf8');
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
});
