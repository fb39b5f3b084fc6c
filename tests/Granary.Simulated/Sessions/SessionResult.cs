using System.Globalization;
using System.Text;
using Granary.Engine.Backtesting;
using Granary.Engine.Brokerage;
using Granary.Simulation.Passes;
using Granary.Trading.Live;

namespace Granary.Simulated.Sessions;

/// <summary>What a session that ended has come to.</summary>
/// <param name="Digest">Of the strategies and the portfolio, as of a batch.</param>
internal sealed record SessionResult(string Digest, AccountLedger Ledger)
{
    /// <summary>Cash, positions, trades and orders, to the last bit.</summary>
    public string Account => AccountOf(Ledger);

    /// <summary>Books what the venue has reported since the session's last question, and the outcome of its last orders, as the next start
    /// does.</summary>
    public async Task SettleAsync(IBroker venue)
    {
        foreach (var order in Ledger.Unresolved())
            Ledger.Answer(order.Order.ClientId, await venue.FindAsync(order.Order.ClientId).ConfigureAwait(false));
        foreach (var e in await venue.PollAsync(Ledger.VenueSequence).ConfigureAwait(false)) Ledger.Report(e, out _);
        foreach (var order in Ledger.Settled()) Ledger.Close(order.Order.ClientId);
    }

    public static SessionResult Of(LiveHost host, TradedPlan traded, IEnumerable<StrategyOutcome> outcomes)
    {
        var digest = new BatchDigest();
        foreach (var outcome in outcomes) digest.Add(traded.Plan.Instances[outcome.Index].Id, outcome.Digest);
        digest.Add("portfolio", host.Outcome(_ => { }, _ => { }, _ => { }).Digest);
        return new SessionResult(digest.Finish(), host.Ledger);
    }

    /// <summary>Everything that an account has come to, as text.</summary>
    public static string AccountOf(AccountLedger ledger)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"cash {ledger.Cash:R} fees {ledger.Fees:R} fills {ledger.Fills}");
        foreach (var (symbol, held) in ledger.Positions.OrderBy(p => p.Key, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture, $"position {symbol} {held:R}");
        foreach (var t in ledger.Trades.Values.OrderBy(t => t.Entry, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture,
                $"trade {t.Entry} {t.State} {t.Side} {t.Quantity:R} {t.Open:R} {t.EntryPrice:R} {t.ExitPrice:R} {t.Profit:R} {t.Why}");
        foreach (var t in ledger.TrackedOrders.OrderBy(t => t.Order.ClientId, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture,
                $"order {t.Order.ClientId} {t.Order.Type} {t.Order.Quantity:R} {t.State} {t.Ended} {t.Filled:R}");
        return text.ToString();
    }
}
