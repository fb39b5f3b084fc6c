import { api, take } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Loaded } from '../../components/States';

// What differs between any two versions, and says nothing about which is better.
const silent = ['modelHash', 'dataHash', 'createdAt'];

/** The newest version beside the current one. */
export function Challenger(props: { name: string; current: number; challenger: number }) {
    const { name, current, challenger } = props;
    const differences = useQuery(`challenger ${name} ${current} ${challenger}`, () =>
        take(api.GET('/api/v1/models/{name}/compare', { params: { path: { name }, query: { first: current, second: challenger } } })),
    );
    return (
        <>
            <h2>
                Challenger: version {challenger} against {current}
            </h2>
            <Loaded query={differences} height={160}>
                {(all) => (
                    <div class="scroll" tabIndex={0} role="region" aria-label="Differences of the challenger">
                        <table>
                            <thead>
                                <tr>
                                    <th scope="col">Field</th>
                                    <th scope="col">Current</th>
                                    <th scope="col">Challenger</th>
                                </tr>
                            </thead>
                            <tbody>
                                {all
                                    .filter((d) => !silent.includes(d.field))
                                    .map((d) => (
                                        <tr key={d.field}>
                                            <th scope="row">{d.field}</th>
                                            <td>{d.first || '–'}</td>
                                            <td>{d.second || '–'}</td>
                                        </tr>
                                    ))}
                            </tbody>
                        </table>
                    </div>
                )}
            </Loaded>
        </>
    );
}
