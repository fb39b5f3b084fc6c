using System.Runtime.CompilerServices;
using Granary.Data.Journals;

namespace Granary.Data.Tests.Brokers;

/// <summary>A journal in memory.</summary>
internal sealed class MemoryJournal : IJournal
{
    private readonly List<JournalEntry> _entries = [];

    public IReadOnlyList<JournalEntry> Entries => _entries;

    public string Name => "memory";

    public long Last => _entries.Count;

    public string? Cut => null;

    public ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
    {
        _entries.AddRange(entries);
        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var entry in _entries) yield return entry;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
