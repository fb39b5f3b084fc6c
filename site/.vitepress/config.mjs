import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { slug } from '../scripts/markdown.mjs';
import { render } from '../scripts/render.mjs';
import { repositoryAddress, root } from '../scripts/repository.mjs';
import { stage } from '../scripts/stage.mjs';
import { writeTwins } from '../scripts/twins.mjs';

const { sections, pages } = stage();
/** Where the site is on its server: GRANARY_SITE_BASE, with a slash at both ends. */
const base = process.env.GRANARY_SITE_BASE ?? '/docs/';
/** The server's address, for the map of the site, which needs one: https://example.org. */
const host = process.env.GRANARY_SITE_HOST;
const repository = repositoryAddress();
const byFile = new Map(pages.map(p => [`${p.target}.md`, p]));

const item = page => ({ text: page.title.replace(/: HTTP operations$/, ''), link: `/${page.target}` });
const isNet = group => group.pages.every(p => p.target.startsWith('api/'));
// A heading that opens a list is a link too: without one it would be a button within a button.
const groupItem = (section, group) => ({
    text: group.title,
    ...section.index ? {} : { link: `/${section.folder}/#${slug(group.title)}`, collapsed: true },
    items: group.pages.map(item),
});
const sidebar = sections.map(s => ({
    text: s.title,
    link: `/${s.folder}/`,
    collapsed: true,
    items: s.groups.flatMap(g => isNet(g) ? [{ text: g.title, link: '/api/' }] : g.title ? [groupItem(s, g)] : g.pages.map(item)),
}));

// The .NET types have a list of their own: each page would carry it otherwise.
const net = pages.filter(p => p.target.startsWith('api/') && p.target !== 'api/index');
const packages = [...new Set(net.map(p => p.title.split('.').slice(0, 2).join('.')))].map(name => ({
    text: name,
    link: `/api/#${slug(name)}`,
    collapsed: true,
    items: net.filter(p => p.title === name || p.title.startsWith(`${name}.`))
        .map(p => ({ text: p.title === name ? name : p.title.slice(name.length + 1), link: `/${p.target}` })),
}));

export default defineConfig({
    srcDir: 'content',
    outDir: 'dist',
    base,
    lang: 'en',
    title: 'Granary',
    description: pages.find(p => p.target === 'index').summary,
    head: [['link', { rel: 'icon', type: 'image/png', href: `${base}icon.png` }]],
    cleanUrls: false, // a plain file server knows no address without an ending
    metaChunk: true, // the list of pages in a file instead of in each page: the policy of `granary serve` knows the other scripts by hash
    sitemap: host ? { hostname: host + base } : undefined,
    markdown: {
        html: false,
        config: render,
        anchor: { slugify: slug },
        image: { lazyLoading: true },
        theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    },
    themeConfig: {
        nav: sections.map(s => ({ text: s.title, link: `/${s.folder}/`, activeMatch: `^/(${s.folder}/)` })),
        sidebar: { '/api/': [{ text: '.NET types', link: '/api/' }, ...packages, { text: 'Reference', link: '/reference/' }], '/': sidebar },
        outline: { level: [2, 3], label: 'On this page' },
        search: { provider: 'local' },
        socialLinks: repository ? [{ icon: 'github', link: repository, ariaLabel: 'Repository' }] : undefined,
        docFooter: { prev: 'Previous', next: 'Next' },
        footer: { message: 'MIT licence' },
    },
    transformPageData(data) {
        const page = byFile.get(data.relativePath);
        if (page?.summary) data.description = page.summary;
    },
    transformHead({ pageData }) {
        if (pageData.isNotFound) return [];
        const twin = base + pageData.relativePath;
        return [['link', { rel: 'alternate', type: 'text/markdown', href: twin, title: 'This page as Markdown' }]];
    },
    buildEnd: config => writeTwins(config.outDir, base, { sections, pages }),
    vite: {
        // VitePress has no landmark on its first page, and no place for one.
        resolve: { alias: [{ find: /^.*\/VPHome\.vue$/, replacement: fileURLToPath(new URL('theme/Home.vue', import.meta.url)) }] },
        build: { chunkSizeWarningLimit: 4000 },
        plugins: [{
            name: 'granary-docs',
            configureServer(server) {
                server.watcher.add(`${root}/docs`);
                server.watcher.on('change', file => {
                    if (file.startsWith(`${root}/docs/`)) stage();
                });
            },
        }],
    },
});
