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
/// <param name="Timestamp">Open of the bar at whose close it happened, of a fill the venue's time, UTC; null before the first bar.</param>
/// <param name="Strategy">Empty if the entry concerns none.</param>
/// <param name="Symbol">Empty if the entry concerns none.</param>
/// <param name="Text">One sentence.</param>
public sealed record SessionLogEntry(long Sequence, DateTime? Timestamp, SessionLogKind Kind, string Strategy, string Symbol, string Text)
{
    /// <summary>Side of a fill or a signal; null for the other kinds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Side? Side { get; init; }

    /// <summary>Price of a fill, quote currency; null for the other kinds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Price { get; init; }

    /// <summary>Role of a fill's order; null for the other kinds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OrderRole? Role { get; init; }
}
