import type { ComponentChildren } from 'preact';

export interface Pair {
    name: ComponentChildren;
    value: ComponentChildren;
    tone?: string;
}

/** Names with their values, one pair in each row. */
export function Pairs(props: { pairs: readonly Pair[]; caption?: string }) {
    return (
        <table class="pairs">
            {props.caption && <caption>{props.caption}</caption>}
            <tbody>
                {props.pairs.map((p, i) => (
                    <tr key={i}>
                        <th scope="row">{p.name}</th>
                        <td class={p.tone}>{p.value}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}
