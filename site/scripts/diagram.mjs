// Diagrams of Mermaid as pictures, drawn when the site is built: a page loads no program for them, and they follow light and dark by CSS.
import { renderMermaidSVG } from 'beautiful-mermaid';

/** The diagram as SVG. */
export function diagram(code, page) {
    let svg;
    try {
        svg = renderMermaidSVG(code, { transparent: true });
    } catch (error) {
        throw new Error(`${page}: a Mermaid diagram cannot be drawn: ${error.message}`);
    }
    // Colours and fonts come from the theme; the style element names a font of another server, and its rules are in style.css.
    return svg.replace(/<style>[\s\S]*?<\/style>/, '').replace(/ style="--bg:[^"]*"/, '')
        .replace('<svg ', `<svg role="img" aria-label="${label(code)}" class="diagram" `);
}

// What a reader who does not see the picture gets: the kind of the diagram, and the names in it.
function label(code) {
    const names = [...new Set([...code.matchAll(/[[({"]+([^\])}"]+)[\])}"]+/g)].map(m => m[1].replace(/<br\s*\/?>[\s\S]*/, '').trim()))];
    return `Diagram: ${names.join(', ')}`.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
}
