// Puts the pages of docs/ and those that are generated into content/, from which VitePress builds the site, with links that work there.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { mapLinks, summaryOf, titleOf } from './markdown.mjs';
import { home } from './home.mjs';
import { httpPages } from './http.mjs';
import { netPages } from './net.mjs';
import { repositoryAddress, root, site } from './repository.mjs';

export const content = `${site}/content`;
const navigation = JSON.parse(readFileSync(`${site}/navigation.json`, 'utf8'));

/**
 * Every page of the site: { source, target, text, title, summary }. The source is a path from the root of the repository, or undefined for
 * a page that is generated; the target is a path in the site without an ending.
 */
export function allPages() {
    const pages = [];
    const add = (source, target, text) => pages.push({ source, target, text, title: titleOf(text), summary: summaryOf(text) });
    for (const file of filesOf(`${root}/docs`).filter(f => f.endsWith('.md')))
        add(`docs/${file}`, file.slice(0, -3).replace(/(^|\/)README$/, '$1index'), readFileSync(`${root}/docs/${file}`, 'utf8'));
    for (const [source, target] of Object.entries(navigation.outside)) add(source, target, readFileSync(`${root}/${source}`, 'utf8'));
    for (const { target, text } of [...httpPages(), ...netPages()]) add(undefined, target, text);
    const untitled = pages.find(p => !p.title);
    if (untitled) throw new Error(`${untitled.source ?? untitled.target} has no title: begin the page with '# Title'`);
    return pages;
}

/** The sections of the site, each with its groups of pages in order. */
export function sectionsOf(pages) {
    const known = new Map(pages.map(p => [p.target, p]));
    const named = new Set(navigation.sections.flatMap(s => s.groups.flatMap(g => g.pages)));
    const shown = new Set();
    const resolve = entry => {
        const found = entry.endsWith('/*')
            ? pages.filter(p => p.target.startsWith(entry.slice(0, -1)) && !named.has(p.target) && isInOrder(p, entry))
                .sort((a, b) => a.target < b.target ? -1 : 1)
            : [known.get(entry)];
        if (!found[0] && !entry.endsWith('/*')) throw new Error(`site/navigation.json names '${entry}', which is no page of docs/`);
        found.forEach(p => shown.add(p));
        return found;
    };
    const sections = navigation.sections.map(section => ({
        ...section,
        index: known.get(`${section.folder}/index`),
        groups: section.groups.map(g => ({ title: g.title, pages: g.pages.flatMap(resolve) })).filter(g => g.pages.length > 0),
    }));
    const missing = pages.filter(p => !shown.has(p) && !sections.some(s => s.index === p));
    if (missing.length > 0) throw new Error(`add to site/navigation.json: ${missing.map(p => p.target).join(', ')}`);
    return sections;
}

// A page named index belongs to its folder; that of a section is its own.
const isInOrder = (page, entry) => page.target !== `${entry.slice(0, -2)}/index` || !navigation.sections.some(s => s.folder === entry.slice(0, -2));

/** Writes content/ anew, and gives the sections and pages. */
export function stage() {
    const pages = allPages();
    const sections = sectionsOf(pages);
    for (const section of sections.filter(s => !s.index))
        pages.push({ target: `${section.folder}/index`, text: indexOf(section), title: section.title, summary: section.text, isIndex: true });
    const readme = readFileSync(`${root}/README.md`, 'utf8');
    pages.push({ source: 'README.md', target: 'index', text: home(readme, sections), title: 'Granary', summary: summaryOf(readme) });
    rmSync(content, { recursive: true, force: true });
    const targets = new Map(pages.filter(p => p.source).map(p => [p.source, p.target]));
    for (const page of pages) {
        page.text = page.source ? mapLinks(page.text, (url, isImage) => linkOf(page, url, isImage, targets)) : page.text;
        write(`${page.target}.md`, page.text);
    }
    for (const file of filesOf(`${root}/docs`).filter(f => !f.endsWith('.md')))
        copy(`${root}/docs/${file}`, file.startsWith('images/') ? file : `public/${file}`);
    copy(`${root}/src/icon.png`, 'public/icon.png');
    return { sections, pages };
}

/** Where a link of a page of the repository leads in the site: to another page, a file of docs/, or the repository on the web. */
function linkOf(page, url, isImage, targets) {
    if (/^[a-z][a-z+.-]*:/i.test(url) || url.startsWith('#') || url.startsWith('/')) return url;
    const [path, hash] = url.split('#');
    const file = posix.normalize(posix.join(posix.dirname(page.source), path)).replace(/\/$/, '');
    const from = posix.dirname(page.target);
    const target = targets.get(file) ?? targets.get(`${file}/README.md`);
    const to = where => {
        const way = posix.relative(from, where);
        return (way.startsWith('.') ? way : `./${way}`) + (hash ? `#${hash}` : '');
    };
    if (target) return to(`${target}.md`);
    if (file === 'docs/decisions') return to('decisions/0001-digest-of-digests.md');
    if (!existsSync(`${root}/${file}`)) throw new Error(`${page.source}: '${url}' leads to ${file}, which does not exist`);
    if (file.startsWith('docs/') && statSync(`${root}/${file}`).isFile()) return to(file.slice('docs/'.length));
    const repository = repositoryAddress();
    if (!repository) return undefined;
    const kind = isImage ? 'raw' : statSync(`${root}/${file}`).isFile() ? 'blob' : 'tree';
    return `${repository}/${kind}/HEAD/${file}${hash ? `#${hash}` : ''}`;
}

/** The page of a section that has none of its own: its pages, each with its first sentence. */
function indexOf(section) {
    const lines = section.groups.flatMap(g => [
        ...(g.title ? ['', `## ${g.title}`] : []), '',
        ...g.pages.map(p => {
            const way = posix.relative(section.folder, `${p.target}.md`);
            return `- [${p.title}](${way.startsWith('.') ? way : `./${way}`})${p.summary ? `: ${p.summary}` : ''}`;
        })]);
    return `# ${section.title}\n\n${section.text}\n${lines.join('\n')}\n`;
}

const filesOf = folder => readdirSync(folder, { recursive: true, withFileTypes: true }).filter(e => e.isFile())
    .map(e => relative(folder, join(e.parentPath ?? e.path, e.name)).replaceAll('\\', '/')).sort();

function write(path, text) {
    mkdirSync(dirname(`${content}/${path}`), { recursive: true });
    writeFileSync(`${content}/${path}`, text);
}

function copy(from, path) {
    mkdirSync(dirname(`${content}/${path}`), { recursive: true });
    cpSync(from, `${content}/${path}`);
}
