// The reference of the .NET types: a page for each namespace of the packages, from what docfx reads in their assemblies and XML documentation.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { load } from 'js-yaml';
import { examples } from './examples.mjs';
import { slug } from './markdown.mjs';
import { site } from './repository.mjs';

const folder = `${site}/metadata`;
// What the compiler adds to a record: shown only where somebody has described it.
const usual = /^(Equals|GetHashCode|ToString|Deconstruct|PrintMembers|EqualityContract|op_Equality|op_Inequality|<Clone>\$)/;
const kinds = ['Constructor', 'Property', 'Field', 'Event', 'Method', 'Operator'];

/** The pages; none where docfx has not run. */
export function netPages() {
    if (!existsSync(folder)) return [];
    const types = typesOf();
    const places = new Map();
    for (const type of types) {
        places.set(type.uid, { page: pageOf(type.namespace), anchor: slug(headingOf(type)), text: headingOf(type) });
        for (const member of type.members) places.set(member.uid, { ...places.get(type.uid), text: `${headingOf(type)}.${nameOf(member)}` });
    }
    const uses = examples();
    const byNamespace = groupBy(types, t => t.namespace);
    const namespaces = [...byNamespace].sort(([a], [b]) => a < b ? -1 : 1);
    const pages = namespaces.map(([name, all]) => ({ target: `api/${pageOf(name)}`, text: namespacePage(name, all, places, uses) }));
    return [{ target: 'api/index', text: overview(namespaces) }, ...pages];
}

const pageOf = namespace => namespace.replace(/^Granary\./, '').replaceAll('.', '-').toLowerCase();
const headingOf = type => type.fullName.slice(type.namespace.length + 1).replace(/(?:[A-Za-z]\w*\.)+(?=[A-Z])/g, (path, at) => at === 0 ? path : '');
const nameOf = member => member.name.split('(')[0];

function typesOf() {
    const types = new Map(), members = [];
    for (const file of readdirSync(folder).filter(f => f.endsWith('.yml') && f !== 'toc.yml')) {
        // The second half of a file lists what the first one mentions.
        const [text] = readFileSync(`${folder}/${file}`, 'utf8').split('\nreferences:');
        for (const item of load(text).items ?? [])
            if (item.type === 'Namespace') continue;
            else if (kinds.includes(item.type)) members.push(item);
            else types.set(item.uid, { ...item, members: [] });
    }
    for (const member of members)
        if (member.summary || !usual.test(member.id)) types.get(member.parent)?.members.push(member);
    return [...types.values()].sort((a, b) => headingOf(a) < headingOf(b) ? -1 : 1);
}

const overview = namespaces => {
    const packages = groupBy(namespaces, ([, types]) => types[0].assemblies[0]);
    const lists = [...packages].map(([name, all]) => `## ${name}\n\n| namespace | types |\n| --- | --- |\n`
        + all.map(([n, types]) => `| [${n}](./${pageOf(n)}.md) | ${cell(shortList(types))} |\n`).join(''));
    return `# .NET types\n\nThe public types of the packages, by namespace. [Packages](../packages.md) says how to reference them.\n\n${lists.join('\n')}`;
};

const shortList = types => types.slice(0, 6).map(t => `\`${headingOf(t)}\``).join(', ') + (types.length > 6 ? ` and ${types.length - 6} more` : '');

const namespacePage = (name, types, places, uses) => `# ${name}\n\nNamespace of the package \`${types[0].assemblies[0]}\`.\n\n`
    + types.map(type => typeText(type, places, uses)).join('\n');

function typeText(type, places, uses) {
    const text = part => markdown(part, places, pageOf(type.namespace));
    const parts = [`## ${escaped(headingOf(type))}\n`, text(type.summary)];
    parts.push(`\`\`\`csharp\n${declaration(type)}\n\`\`\`\n`);
    if (type.remarks) parts.push(text(type.remarks));
    parts.push(descriptions(type.syntax.typeParameters, text));
    parts.push(example(type, uses));
    const isEnum = type.type === 'Enum';
    const members = type.members.filter(m => !isEnum || m.type === 'Field')
        .map((m, at) => ({ m, at })).sort((a, b) => kinds.indexOf(a.m.type) - kinds.indexOf(b.m.type) || a.at - b.at).map(({ m }) => m);
    if (type.type === 'Delegate' && type.syntax.parameters) parts.push(descriptions(type.syntax.parameters, text));
    if (members.length > 0)
        parts.push(`| ${isEnum ? 'value' : 'member'} | meaning |\n| --- | --- |\n`
            + members.map(m => `| \`${cell(isEnum ? m.name : signature(m))}\` | ${cell(meaning(m, type, text))} |\n`).join(''));
    return `${parts.filter(Boolean).map(p => p.trim()).join('\n\n')}\n`;
}

function example(type, uses) {
    const name = headingOf(type).replace(/<.*/, '').split('.').pop();
    const use = uses.get(name) ?? uses.get(name.replace(/Attribute$/, ''));
    return use && `From \`${use.file}\`:\n\n\`\`\`csharp\n${use.code}\n\`\`\``;
}

const declaration = type => type.syntax.content.replace(/^\[.*\]\n/gm, '').trim();

function signature(member) {
    const content = member.syntax.content.replace(/^\[.*\]\s*\n/gm, '').replace(/\s+/g, ' ')
        .replace(/^(public|protected internal|protected) /, (_, access) => access === 'public' ? '' : `${access} `)
        .replace(/ \{ get; \}$/, '').replace(/^override |^virtual |^abstract /, '');
    return content.trim();
}

// A property of a record is described where its constructor is.
function meaning(member, type, text) {
    const parameter = type.members.filter(m => m.type === 'Constructor').flatMap(m => m.syntax.parameters ?? []).find(p => p.id === member.name);
    const parts = [text(member.summary ?? (member.type === 'Property' ? parameter?.description : undefined))];
    for (const p of member.type === 'Constructor' && type.members.some(m => m.name === member.syntax.parameters?.[0]?.id)
        ? [] : member.syntax.parameters ?? [])
        if (p.description) parts.push(`\`${p.id}\`: ${text(p.description)}`);
    if (member.syntax.return?.description) parts.push(`Returns: ${text(member.syntax.return.description)}`);
    for (const e of member.exceptions ?? []) parts.push(`Throws \`${e.type.split('.').pop()}\`: ${text(e.description)}`);
    if (member.remarks) parts.push(text(member.remarks));
    return parts.filter(Boolean).map(p => p.trim()).map(p => /[.:;!?]$/.test(p) ? p : `${p}.`).join(' ').replace(/\s+/g, ' ');
}

const descriptions = (parameters, text) => (parameters ?? []).filter(p => p.description)
    .map(p => `- \`${p.id}\`: ${text(p.description)}`).join('\n');

/** The text of a comment, which docfx gives as HTML with references. */
function markdown(html, places, page) {
    if (!html) return '';
    return escaped(html
        .replace(/<xref href="([^"]+)"[^>]*><\/xref>/g, (_, uid) => `\u0001${reference(decodeURIComponent(uid), places, page)}\u0002`)
        .replace(/<code[^>]*>([\s\S]*?)<\/code>/g, (_, code) => `\u0001\`${decoded(code)}\`\u0002`)
        .replace(/<\/?(p|para)>/g, '\n\n').replace(/<li>/g, '\n- ').replace(/<\/?(ul|ol|li|i|b|em|strong)>/g, ''))
        .replace(/\n[ \t]+/g, '\n').trim();
}

function reference(uid, places, page) {
    const place = places.get(uid);
    if (!place) return `\`${uid.replace(/\(.*/, '').replace(/`\d+|\{.*/g, '').split('.').pop()}\``;
    return `[\`${place.text}\`](${place.page === page ? '' : `./${place.page}.md`}#${place.anchor})`;
}

const decoded = text => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

// Marks of Markdown in a text that has none; code between the two control characters stays as it is.
const escaped = text => text.split(/[\u0001\u0002]/).map((part, i) => i % 2 === 1 ? part
    : decoded(part).replace(/[*_`[\]<>~]/g, c => `\\${c}`)).join('');

const cell = text => text.replaceAll('|', '\\|').replace(/\n/g, ' ');

function groupBy(items, key) {
    const groups = new Map();
    for (const item of items) groups.set(key(item), [...groups.get(key(item)) ?? [], item]);
    return groups;
}
