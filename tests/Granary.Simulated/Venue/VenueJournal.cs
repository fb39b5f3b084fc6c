using Granary.Data.Journals;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Venue;

/// <summary>The entries of a journal, which outlive the processes that write it: on a server, or in a file of the machine.</summary>
internal sealed class VenueShelf(string name, World world, bool isFile)
{
    private readonly List<JournalEntry> _entries = [];
    private int _flushed;

    public string Name => name;

    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>Rate of appends whose answer is lost after they are stored, and of those that are not stored.</summary>
    public double Unknown { get; set; }

    /// <summary>Stores entries; those whose numbers are taken are the same ones again.</summary>
    /// <param name="isFlushed">Whether a power cut keeps them.</param>
    /// <exception cref="OracleException">A number is used for another fact.</exception>
    public bool Append(SimulatedProcess process, IReadOnlyList<JournalEntry> entries, bool isFlushed)
    {
        // A server carries out what has reached it.
        if (isFile && process.IsDead) return false;
        if (world.Faults.Happens($"{name} refuses", Unknown)) throw Away();
        foreach (var entry in entries)
        {
            if (entry.Sequence == _entries.Count + 1) _entries.Add(entry);
            else
                Oracle.Demand(entry.Sequence <= _entries.Count
                    && _entries[(int)entry.Sequence - 1].Body.Span.SequenceEqual(entry.Body.Span), "acknowledged facts survive", $"number {entry.Sequence} of {name} is used for another fact, after {_entries.Count}");
        }
        if (isFlushed || !isFile) _flushed = _entries.Count;
        if (world.Faults.Happens($"{name} answers nothing", Unknown)) throw Away();
        return true;
    }

    /// <summary>The power fails: of the entries after the last flush some are lost.</summary>
    public void Cut(Draws draws)
    {
        var kept = draws.Between(_flushed, _entries.Count);
        _entries.RemoveRange(kept, _entries.Count - kept);
    }

    private JournalException Away() => new($"{name} does not answer") { MayPass = true };
}

/// <summary>The journal of a process.</summary>
internal sealed class VenueJournal(SimulatedProcess process, VenueShelf shelf, Draws draws) : IJournal
{
    public string Name => shelf.Name;

    public long Last { get; private set; } = shelf.Entries.Count;

    public string? Cut => null;

    public ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        AppendAsync(entries, isFlushed: true);

    public ValueTask WriteAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        AppendAsync(entries, isFlushed: false);

    private async ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, bool isFlushed)
    {
        await process.CallAsync($"{(isFlushed ? "appends" : "writes")} {entries.Count} to {shelf.Name}", Way(),
            () => shelf.Append(process, entries, isFlushed), Way()).ConfigureAwait(false);
        if (entries.Count > 0) Last = Math.Max(Last, entries[^1].Sequence);
    }

    public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
        shelf.Entries.Where(query.Wants).ToList().ToAsyncEnumerable();

    public ValueTask DisposeAsync() => default;

    private TimeSpan Way() => draws.Between(TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(5));
}
