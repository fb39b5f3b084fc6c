using Granary.Data.Journals;

namespace Granary.Simulated.Sessions;

/// <summary>A journal without faults, for the undisturbed run.</summary>
internal sealed class MemoryJournal : IJournal
{
    private readonly List<JournalEntry> _entries = [];

    public string Name => "memory";

    public long Last => _entries.Count;

    public string? Cut => null;

    public ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
    {
        _entries.AddRange(entries);
        return default;
    }

    public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
        _entries.Where(query.Wants).ToList().ToAsyncEnumerable();

    public ValueTask DisposeAsync() => default;
}
