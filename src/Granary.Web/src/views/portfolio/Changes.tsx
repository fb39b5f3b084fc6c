import { none, number } from '../../format/numbers';
import type { WeightChange } from './weights';

/** Weights before and after. */
export function Changes(props: { changes: readonly WeightChange[]; label: string }) {
    if (props.changes.length === 0) return <p class="soft">No weight changes.</p>;
    return (
        <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
            <table>
                <thead>
                    <tr>
                        <th scope="col">Strategy</th>
                        <th scope="col" class="n">
                            Before
                        </th>
                        <th scope="col" class="n">
                            After
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {props.changes.map((c) => (
                        <tr key={c.strategy}>
                            <th scope="row">{c.strategy}</th>
                            <td class="n">{c.before == null ? none : number(c.before, 4)}</td>
                            <td class="n">{c.after == null ? 'removed' : number(c.after, 4)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
