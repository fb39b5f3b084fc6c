// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>The portfolio of a running batch: its account at the last row of its equity curve so far.</summary>
public sealed record BatchPortfolio
{
    /// <summary>Open time of the row's bars, UTC; null before the first row.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Cash and open positions at the row's closes, in the account's currency; null before the first row.</summary>
    public double? Equity { get; init; }

    /// <summary>Cash at the row; null before the first row.</summary>
    public double? Cash { get; init; }

    /// <summary>Absolute value of all positions at the row's closes; null before the first row.</summary>
    public double? Exposure { get; init; }

    /// <summary>Loss since the highest equity, as a share of it: 0 to 1; null before the first row.</summary>
    public double? Drawdown { get; init; }

    /// <summary>Trades that are open at the row.</summary>
    public required int OpenTrades { get; init; }

    /// <summary>Trades closed by then.</summary>
    public required long Trades { get; init; }

    /// <summary>Whether all bars are processed; the batch's checks and files follow.</summary>
    public required bool Done { get; init; }
}
