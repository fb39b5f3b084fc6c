// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>What a trader watches of a live account, at the last closes.</summary>
public sealed record AccountDetails
{
    public required double StartingCash { get; init; }

    /// <summary>In the order of their entries.</summary>
    public required IReadOnlyList<AccountTradeRow> Trades { get; init; }

    /// <summary>In the order of their intents.</summary>
    public required IReadOnlyList<AccountOrderRow> Orders { get; init; }

    /// <summary>Those of the configuration.</summary>
    public required IReadOnlyList<LimitUse> Limits { get; init; }

    /// <summary>The newest 35, oldest first.</summary>
    public required IReadOnlyList<PeriodProfit> Days { get; init; }

    /// <summary>The newest 14, oldest first.</summary>
    public required IReadOnlyList<PeriodProfit> Weeks { get; init; }

    /// <summary>When the last bar reached the session, UTC; null before the first.</summary>
    public DateTimeOffset? LastBarAt { get; init; }

    /// <summary>From the last bar's close until it reached the session, seconds; null for a replay, whose bars are of the past.</summary>
    public double? FeedLag { get; init; }

    /// <summary>Of the journal, as it stands in messages.</summary>
    public required string Journal { get; init; }

    /// <summary>Symbols in which entries are blocked until `resume`, since books and venue differ.</summary>
    public required IReadOnlyList<string> Blocked { get; init; }
}
