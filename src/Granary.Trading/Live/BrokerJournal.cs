using Granary.Data.Journals;
using Granary.Simulation.Telemetry;

namespace Granary.Trading.Live;

/// <summary>The journal of a broker, whose losses count like losses of the account's journal: the session waits for both.</summary>
internal sealed class BrokerJournal(IJournal inner) : IJournal
{
    private bool _isLost;

    public string Name => inner.Name;

    public long Last => inner.Last;

    public string? Cut => inner.Cut;

    public ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        CountedAsync(inner.AppendAsync, entries, cancellationToken);

    public ValueTask WriteAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        CountedAsync(inner.WriteAsync, entries, cancellationToken);

    public void Prepare() => inner.Prepare();

    public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(query, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    // The broker tries again; only the first failure in a row is a loss.
    private async ValueTask CountedAsync(Func<IReadOnlyList<JournalEntry>, CancellationToken, ValueTask> append,
        IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            await append(entries, cancellationToken).ConfigureAwait(false);
            _isLost = false;
        }
        catch (JournalException e) when (e.MayPass && !_isLost)
        {
            _isLost = true;
            GranaryInstruments.JournalLosses.Add(1);
            throw;
        }
    }
}
