// What programs read: each page as Markdown beside its HTML, llms.txt and llms-full.txt.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes them to the folder of the built site. */
export function writeTwins(out, base, { sections, pages }) {
    const plain = p => p.text.replace(/^---\n[\s\S]*?\n---\n+/, `# ${p.title}\n\n`);
    for (const page of pages) {
        mkdirSync(dirname(`${out}/${page.target}.md`), { recursive: true });
        writeFileSync(`${out}/${page.target}.md`, plain(page));
    }
    const line = p => `- [${p.title}](${base}${p.target}.md)${p.summary ? `: ${p.summary}` : ''}`;
    const start = pages.find(p => p.target === 'index');
    const list = sections.flatMap(s => [`## ${s.title}`, '', ...s.groups.flatMap(g => g.pages).map(line), '']);
    writeFileSync(`${out}/llms.txt`, `# Granary\n\n> ${start.summary}\n\n${list.join('\n')}`);
    const written = sections.flatMap(s => s.groups.flatMap(g => g.pages)).filter(p => p.source);
    writeFileSync(`${out}/llms-full.txt`, written.map(p => `<!-- ${base}${p.target}.md -->\n\n${plain(p)}`).join('\n'));
}
