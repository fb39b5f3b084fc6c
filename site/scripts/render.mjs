// How Markdown becomes HTML, beside what VitePress does.
import { diagram } from './diagram.mjs';

/** Sets up the parser of Markdown. Pages are text: no tag or brace in them is a component or an expression of Vue. */
export function render(md) {
    const fence = md.renderer.rules.fence;
    md.renderer.rules.fence = (tokens, index, options, env, self) => tokens[index].info.trim() === 'mermaid'
        ? `<figure class="diagram" tabindex="0" v-pre>${diagram(tokens[index].content, env.relativePath)}</figure>\n`
        : fence(tokens, index, options, env, self);
    // {{ in a text would be an expression.
    const text = md.renderer.rules.text;
    md.renderer.rules.text = (...args) => text(...args).replaceAll('{{', '&#123;&#123;').replaceAll('}}', '&#125;&#125;');
    const code = md.renderer.rules.code_inline;
    md.renderer.rules.code_inline = (tokens, index, ...rest) => {
        tokens[index].attrSet('v-pre', '');
        return code(tokens, index, ...rest);
    };
    // A long table scrolls by itself, also with the keyboard.
    md.renderer.rules.table_open = () => '<div class="wide" tabindex="0"><table>\n';
    md.renderer.rules.table_close = () => '</table></div>\n';
    // An indented block is code like a fenced one.
    md.core.ruler.push('indented', state => {
        for (const token of state.tokens.filter(t => t.type === 'code_block')) {
            token.type = 'fence';
            token.tag = 'code';
            token.info = /^(\.\/|granary |dotnet |npm |curl |export |docker |#)/m.test(token.content) ? 'sh' : 'txt';
            token.markup = '```';
        }
    });
}
