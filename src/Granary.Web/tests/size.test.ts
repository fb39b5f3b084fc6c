// @vitest-environment node
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const dist = new URL('../dist/', import.meta.url);

const sizeOf = (name: string) => gzipSync(readFileSync(new URL(`assets/${name}`, dist))).length;

it('has at most 300 KB of gzipped JavaScript, and 170 KB that only the editor of code loads', () => {
    expect(existsSync(dist), 'run npm run build first').toBe(true);
    const scripts = readdirSync(new URL('assets/', dist)).filter((name) => name.endsWith('.js'));
    const editor = scripts.filter((name) => name.startsWith('EditorView'));
    const size = (names: string[]) => names.reduce((sum, name) => sum + sizeOf(name), 0);
    expect(scripts.length).toBeGreaterThan(2);
    expect(editor.length).toBe(1);
    expect(size(scripts.filter((name) => !editor.includes(name)))).toBeLessThanOrEqual(300 * 1024);
    expect(size(editor)).toBeLessThanOrEqual(170 * 1024);
    // No other script loads it before its view is opened.
    const page = readFileSync(new URL('index.html', dist), 'utf8');
    expect(page).not.toContain('EditorView');
});

it('has a page without inline scripts and styles, which the policy of the server refuses', () => {
    const page = readFileSync(new URL('index.html', dist), 'utf8');
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
});
