import { mayRunCode } from '../../api/caller';
import { json } from '../../api/client';
import type { JsonMap } from '../../api/jsonSchema';
import { useQuery } from '../../api/useQuery';
import { at, parseBatch } from '../batches/batch';
import { runPath, type RunDetails } from './run';

/** The C# files of a run's batch, each with a link that opens it in the editor. */
export function RunCode(props: { run: RunDetails }) {
    const { run } = props;
    const has = run.files.includes('manifest.json');
    const batch = useQuery(has ? `run/${run.id}/code` : null, () => loadBatch(run.id));
    const files = codeOf(batch.data);
    if (files.length === 0) return null;
    return (
        <section>
            <h2>Source of the strategies</h2>
            {files.map((f) => (
                <details key={f.name} open={files.length === 1}>
                    <summary>{f.name}</summary>
                    <pre class="result" tabIndex={0}>
                        {f.source}
                    </pre>
                    {mayRunCode() && (
                        <p>
                            <a class="button" href={`/editor?run=${encodeURIComponent(run.id)}&file=${encodeURIComponent(f.name)}`}>
                                Open in the editor
                            </a>
                        </p>
                    )}
                </details>
            ))}
        </section>
    );
}

/** The batch of a run, from its manifest. */
export async function loadBatch(id: string): Promise<JsonMap> {
    const manifest = await json<{ spec: string }>(`${runPath(id)}/files/manifest.json`);
    return parseBatch(manifest.spec).value ?? {};
}

/** The files in the section `code` of a batch. */
export function codeOf(batch: JsonMap | undefined): { name: string; source: string }[] {
    const files = at(batch, ['code']);
    return (Array.isArray(files) ? files : []).flatMap((f) => {
        const [name, source] = [at(f, ['name']), at(f, ['source'])];
        return typeof name === 'string' && typeof source === 'string' ? [{ name, source }] : [];
    });
}
