using Granary.Engine.Brokerage;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>The journal, feed and settings of a session, opened before its strategies are created.</summary>
internal sealed class OpenedSession
{
    /// <param name="spec">The specification of the production configuration.</param>
    /// <param name="feed">A feed with all symbols at the data's timeframe; the session disposes of it.</param>
    /// <param name="account">The account, whose venue is not connected yet; the caller disposes of it.</param>
    /// <param name="past">The events of the account's journal. The session removes them when it has replayed them.</param>
    /// <param name="clock">The clock for waiting and for reconciliations; market time comes from the bars.</param>
    public OpenedSession(BatchSpec spec, ILiveFeed feed, TradingAccount account, AccountPast past, TimeProvider clock, LiveOptions options)
    {
        (Spec, Feed, Account, Past, Clock, Options) = (spec, feed, account, past, clock, options);
        Bars = new LiveBars(feed.Series);
        Handed = new HandedTrades(HandedTrades.LastSwitch(past.Events));
        Tag = OrderNames.TagOf(past.Events, spec, options);
    }

    public BatchSpec Spec { get; }

    public ILiveFeed Feed { get; }

    public TradingAccount Account { get; }

    public AccountPast Past { get; }

    public TimeProvider Clock { get; }

    public LiveOptions Options { get; }

    /// <summary>The bars that the session takes, for the report of its run.</summary>
    internal LiveBars Bars { get; }

    /// <summary>Trades from before the account was handed over to this configuration.</summary>
    internal HandedTrades Handed { get; }

    /// <summary>The prefix of the account's order ids.</summary>
    public string Tag { get; }
}
