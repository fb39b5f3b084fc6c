// The first page, made of the first screen of README.md: its first paragraph, and what stands between it and the first picture.

const first = sections => sections.find(s => s.groups.length > 0);

/** The first page of the site. */
export function home(readme, sections) {
    const blocks = readme.split(/\n\s*\n/);
    const lead = blocks.findIndex((b, i) => i > 0 && /^[A-Z]/.test(b));
    const picture = blocks.findIndex(b => b.startsWith('!['));
    const cards = sections.filter(s => s.groups.length > 0 || s.index)
        .map(s => `  - title: ${s.title}\n    details: ${s.text}\n    link: /${s.folder}/`).join('\n');
    const [, what, more] = blocks[lead].match(/^(.+?\.)\s+(.*)$/s);
    return `---
layout: home
hero:
  name: Granary
  text: ${JSON.stringify(what.replace(/^Granary is an? /, '').replace(/\.$/, '').replace(/^./, c => c.toUpperCase()))}
  tagline: ${JSON.stringify(more.replace(/\n/g, ' '))}
  actions:
    - text: ${first(sections).title}
      link: /${first(sections).folder}/
    - text: Reference
      link: /reference/
      theme: alt
features:
${cards}
---

${blocks.slice(lead + 1, picture + 1).join('\n\n')}
`;
}
