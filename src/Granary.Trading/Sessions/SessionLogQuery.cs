using Granary.Contracts.Sessions;

namespace Granary.Trading.Sessions;

/// <summary>The entries of a session's log to return, the newest first.</summary>
internal sealed record SessionLogQuery(int Limit)
{
    /// <summary>Null for all kinds.</summary>
    public SessionLogKind? Kind { get; init; }

    /// <summary>Null for all symbols.</summary>
    public string? Symbol { get; init; }

    /// <summary>A part of the id of the strategy; null for all.</summary>
    public string? Strategy { get; init; }

    /// <summary>A part of the sentence; null for all.</summary>
    public string? Text { get; init; }

    /// <summary>Only entries before this number in the journal: the page to the past. Null for the newest.</summary>
    public long? Before { get; init; }

    /// <summary>Only entries of a time before this one, UTC; null for all.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Whether an entry matches all but its kind and symbol.</summary>
    public bool Matches(SessionLogEntry entry) => (Before is null || entry.Sequence < Before)
        && (Until is null || entry.Timestamp < Until)
        && (Strategy is null || entry.Strategy.Contains(Strategy, StringComparison.OrdinalIgnoreCase))
        && (Text is null || entry.Text.Contains(Text, StringComparison.OrdinalIgnoreCase));
}
