import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMarkdownRenderer } from 'vitepress';
import { diagram } from '../scripts/diagram.mjs';
import { mapLinks, slug, summaryOf, titleOf } from '../scripts/markdown.mjs';
import { render } from '../scripts/render.mjs';
import { allPages, sectionsOf } from '../scripts/stage.mjs';

test('a heading has the anchor that GitHub gives it', () => {
    assert.equal(slug('The *other* `place`'.replace(/[*`]/g, '')), 'the-other-place');
    assert.equal(slug('`strategies[].search`'), 'strategiessearch');
    assert.equal(slug('White\u2019s check & more, 2.0'), 'whites-check--more-20');
});

test('links change outside code only, around pictures too', () => {
    const to = url => url === 'none' ? undefined : `to-${url}`;
    assert.equal(mapLinks('[a](b) `[c](d)` ![e](f)', to), '[a](to-b) `[c](d)` ![e](to-f)');
    assert.equal(mapLinks('[`a`](b) [![x](y)](z)', to), '[`a`](to-b) [![x](to-y)](to-z)');
    assert.equal(mapLinks('```\n[a](b)\n```\n[a](none)', to), '```\n[a](b)\n```\na');
    assert.equal(mapLinks('[a](b#c "title")', to), '[a](to-b#c "title")');
});

test('a page has its title and its first sentence', () => {
    const page = '# The `batch` file\n\n    code\n\nA **file** with [links](a.md). More.\n';
    assert.equal(titleOf(page), 'The batch file');
    assert.equal(summaryOf(page), 'A file with links.');
});

test('a diagram has no colour or font of its own and names what it shows', () => {
    const svg = diagram('flowchart LR\n  a["One<br/>more"] --> b[Two]', 'page');
    assert.ok(!svg.includes('http://f') && !svg.includes('<style') && !svg.includes('@import'));
    assert.match(svg, /aria-label="Diagram: One, Two"/);
    assert.throws(() => diagram('nonsense\n', 'a.md'), /a\.md/);
});

test('a page is text: Vue finds no expression, component or tag in it', async () => {
    const md = await createMarkdownRenderer('.', { html: false, config: render });
    const html = md.render('Write {{ name }}, List<T> or <script setup>.\n\n    {{ indented }} <T>\n\n| a |\n| --- |\n| `{{ x }}` <b> |\n');
    assert.doesNotMatch(html.replace(/<(pre|code|div)[^>]*v-pre[^>]*>[\s\S]*?<\/\1>/g, ''), /\{\{|<T>|<script|<b>/);
    assert.match(html, /&#123;&#123; name &#125;&#125;, List&lt;T&gt; or &lt;script setup&gt;/);
    assert.match(html, /<div class="wide" tabindex="0"><table/);
});

const pages = allPages();

test('each page of docs/ is in the navigation, once', () => {
    const shown = sectionsOf(pages).flatMap(s => s.groups.flatMap(g => g.pages)).map(p => p.target);
    assert.deepEqual(shown.filter((p, i) => shown.indexOf(p) !== i), []);
});

test('a page that the navigation does not name is found', () => {
    const page = { source: 'docs/new.md', target: 'new', text: '# New', title: 'New', summary: '' };
    assert.throws(() => sectionsOf([...pages, page]), /new/);
});
