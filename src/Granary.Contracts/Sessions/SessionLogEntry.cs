using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Contracts.Sessions;

/// <summary>The kind of an entry in a session's log.</summary>
public enum SessionLogKind : byte
{
    /// <summary>The broker filled an order.</summary>
    Fill,

    /// <summary>The portfolio accepted a signal, or acted on a trade.</summary>
    Signal,

    /// <summary>The portfolio refused a signal, the session skipped an entry, or the broker rejected an order.</summary>
    Refusal,

    /// <summary>The version of a model or policy changed, or the policy set weights.</summary>
    Model,

    /// <summary>An operator gave a command, or changed weights or entries.</summary>
    Operator,

    /// <summary>The session started, changed its state or waits, or the account's books and the broker differed.</summary>
    Session,
}

/// <summary>An entry of a session's log, from the journal of its account.</summary>
/// <param name="Sequence">Number of the entry in the journal, ascending.</param>
/// <param name="Text">One sentence.</param>
public sealed record SessionLogEntry(long Sequence, SessionLogKind Kind, string Text)
{
    /// <summary>Open of the bar at whose close it happened, of a fill the venue's time, UTC; null before the first bar.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? Time { get; init; }

    /// <summary>Null if the entry concerns none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Strategy { get; init; }

    /// <summary>Null if the entry concerns none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Symbol { get; init; }

    /// <summary>Side of a fill or a signal; null for the other kinds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Side? Side { get; init; }

    /// <summary>Base units of a fill, or of what a signal asked for; null for the other kinds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Quantity { get; init; }

    /// <summary>Price of a fill, quote currency; null for the other kinds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Price { get; init; }

    /// <summary>Role of a fill's order; null for the other kinds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OrderRole? Role { get; init; }

    /// <summary>
    /// Why an entry was refused or a trade was changed: a word such as max-positions, or a text of the venue; null for the other kinds.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>A page of a session's log.</summary>
/// <param name="Total">How many entries match.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record SessionLogPage(IReadOnlyList<SessionLogEntry> Items, int Total, string? Next)
{
    /// <summary>The number of the page's first entry in the list, from 0.</summary>
    public int Position { get; init; }
}
