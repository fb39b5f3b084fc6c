using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Contracts.Sessions;

/// <summary>The configuration that a session trades, with the weights in force.</summary>
/// <param name="Hash">SHA-256 of the prod.json.</param>
/// <param name="Deployment">Its number; null where the session was started without one.</param>
/// <param name="WeightsVersion">0 = the weights of the configuration.</param>
/// <param name="Strategies">In the order of the configuration.</param>
public sealed record SessionConfiguration(string Name, string Hash, int? Deployment, string Timeframe, IReadOnlyList<string> Symbols,
    long WeightsVersion, IReadOnlyList<SessionMember> Strategies);

/// <summary>A strategy of a session's configuration.</summary>
/// <param name="Weight">In force; 0 = not traded.</param>
/// <param name="Enabled">Whether it may enter.</param>
public sealed record SessionMember(string Id, IReadOnlyList<string> Symbols, double Weight, bool Enabled);

/// <summary>
/// Equity of a session's account by bar, beside the equity that the daily returns of its deployment's backtest lead to expect.
/// </summary>
/// <param name="Times">Closes of the bars, UTC; at most <see cref="AccountCurve.MostPoints"/>.</param>
/// <param name="Equity">Cash and positions at the last closes, account currency.</param>
/// <param name="Drawdown">Loss since the highest equity before, a fraction of it.</param>
/// <param name="Expected">At the mean daily return; empty where the account trades no known deployment.</param>
/// <param name="Low">Lower end of the 95 % interval; empty likewise.</param>
/// <param name="High">Upper end of that interval; empty likewise.</param>
public sealed record SessionEquity(IReadOnlyList<DateTime> Times, IReadOnlyList<double> Equity, IReadOnlyList<double> Drawdown,
    IReadOnlyList<double> Expected, IReadOnlyList<double> Low, IReadOnlyList<double> High);

/// <summary>The kind of an entry in a session's log.</summary>
public enum SessionLogKind : byte
{
    /// <summary>The broker filled an order.</summary>
    Fill,

    /// <summary>The portfolio accepted a signal, or acted on a trade.</summary>
    Signal,

    /// <summary>The portfolio refused a signal, the session skipped an entry, or the broker rejected an order.</summary>
    Refusal,

    /// <summary>A model or policy has another version, or the policy set weights.</summary>
    Model,

    /// <summary>An operator gave a command, or changed weights or entries.</summary>
    Operator,

    /// <summary>The session started, changed its state or waits, or books and broker differed.</summary>
    Session,
}

/// <summary>An entry of a session's log, from the journal of its account.</summary>
/// <param name="Sequence">Of the journal, ascending.</param>
/// <param name="Timestamp">Market time, UTC; null before the first bar.</param>
/// <param name="Strategy">Empty where it is about none.</param>
/// <param name="Symbol">Empty where it is about none.</param>
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
