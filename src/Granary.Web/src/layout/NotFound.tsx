import { Empty } from '../components/States';

export function NotFound() {
    return (
        <Empty title="There is no such page">
            <p>The address may be old or mistyped.</p>
            <a class="button" href="/">
                Go to the start page
            </a>
        </Empty>
    );
}
