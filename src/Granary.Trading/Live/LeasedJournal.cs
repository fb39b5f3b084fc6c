using Granary.Data.Journals;

namespace Granary.Trading.Live;

/// <summary>The journal of an account. It can be read at once, and written after <see cref="TakeAsync"/> has taken the lease.</summary>
/// <param name="holder">The name of the session, for the error that a second session gets.</param>
internal sealed class LeasedJournal(IAccountStore store, string account, string holder, TimeProvider clock) : IJournal
{
    private IJournal? _own;

    private IJournal Own => _own ?? throw new InvalidOperationException($"the lease of account {account} is not taken");

    public string Name => _own?.Name ?? $"the journal of account {account}";

    public long Last => Own.Last;

    public string? Cut => _own?.Cut;

    /// <inheritdoc cref="IAccountStore.OpenJournalAsync"/>
    public async Task TakeAsync(CancellationToken cancellationToken) =>
        _own ??= await store.OpenJournalAsync(account, holder, clock, cancellationToken).ConfigureAwait(false);

    public ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        Own.AppendAsync(entries, cancellationToken);

    public ValueTask WriteAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        Own.WriteAsync(entries, cancellationToken);

    public void Prepare() => Own.Prepare();

    public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (_own is { } own)
        {
            await foreach (var entry in own.ReadAsync(query, cancellationToken).ConfigureAwait(false)) yield return entry;
            yield break;
        }
        foreach (var entry in await store.PeekAsync(account, query, cancellationToken).ConfigureAwait(false)) yield return entry;
    }

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? default;
}
