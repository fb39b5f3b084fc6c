using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>Creates the section on a session's account for results.json and the report.</summary>
internal static class SessionReport
{
    private const int MostTrades = 20;

    /// <param name="against">The backtest of the same bars; null without one.</param>
    public static SessionResults Of(LiveStatus status, AccountLedger ledger, SessionBacktest? against) => new()
    {
        Account = status.AccountEquity,
        Model = status.ModelEquity,
        Cash = ledger.Cash,
        Fees = ledger.Fees,
        Orders = ledger.TrackedOrders.Count,
        Fills = ledger.Fills,
        Rejected = status.Rejected,
        Unknown = status.Unknown,
        OpenTrades = status.OpenTrades,
        Backtest = against?.Equity,
        SameDecisions = against?.IsSame,
        Sentence = against?.Sentence,
        Causes = against is null ? null
            : [.. against.Gap.Causes.Where(c => against.Counts(c.Amount)).Select(c => new DivergenceCause(c.Cause, c.Amount))],
        Trades = against is null ? null
            : [.. against.Gap.Trades.Where(t => against.Counts(t.Total)).OrderByDescending(t => Math.Abs(t.Total)).Take(MostTrades)
                .Select(t => new DivergentTrade(t.Strategy, t.Symbol, RunText.Time(t.EntryTime.Ticks), t.Total, t.LargestCause, t.Why))],
    };
}
