using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Trading.Live;

namespace Granary.Trading.Parity;

/// <summary>
/// One replay of a session's configuration: of its journal, or as a backtest of given bars. It goes on from day to day, and can be read at
/// the end of each.
/// </summary>
internal sealed class ReplayPass : IAsyncDisposable
{
    private readonly OpenedBatch _opened;
    private readonly Timeframe _timeframe;
    // By symbol, how many bars a backtest has taken.
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly List<ComparedTrade> _closed = [];

    private ReplayPass(OpenedSession session, OpenedBatch opened, LiveHost host) =>
        (Session, _opened, Host, _timeframe) = (session, opened, host, session.Spec.Data.Timeframe);

    public OpenedSession Session { get; }

    public LiveHost Host { get; }

    /// <summary>Whether it can take further bars: the reading has not ended it.</summary>
    public bool GoesOn { get; private set; } = true;

    public static async Task<ReplayPass> OpenAsync(OpenedSession session, CancellationToken cancellationToken)
    {
        var opened = await SessionRunner.OpenAsync(session, new BatchOptions { Out = "" }.Threads, cancellationToken).ConfigureAwait(false);
        var host = await LiveHost.CreateAsync(session, new StrategyPass(opened.Plan, opened.Markets), cancellationToken)
            .ConfigureAwait(false);
        return new ReplayPass(session, opened, host);
    }

    /// <summary>Takes the bars of a source that were added since the last call, as a session that sends no orders.</summary>
    public void Take(LiveBars bars)
    {
        List<ClosedBar> next = [];
        foreach (var symbol in bars.Markets.Select(m => m.Instrument.Symbol))
        {
            var all = bars.Of(symbol);
            for (var i = _taken.GetValueOrDefault(symbol); i < all.Count; i++) next.Add(new ClosedBar(symbol, all[i], _timeframe));
            _taken[symbol] = all.Count;
        }
        Host.Replay([.. next.GroupBy(b => b.CloseTime).OrderBy(g => g.Key).Select(g => new BarsTaken(g.Key, [.. g]))]);
    }

    /// <summary>Returns the portfolio as if the bars ended now.</summary>
    public async Task<PortfolioEnd> ReadAsync()
    {
        (var end, GoesOn) = await Host.ReadEndAsync().ConfigureAwait(false);
        return end;
    }

    /// <summary>Returns its portfolio as a comparison reads it from the files of a run.</summary>
    public ComparedBacktest BacktestOf(PortfolioEnd end)
    {
        for (var i = _closed.Count; i < end.Closed; i++) _closed.Add(TradeOf(end.Trades[i]));
        return new ComparedBacktest([.. _closed, .. end.Trades.Skip(end.Closed).Select(TradeOf)], Weights());
    }

    private ComparedTrade TradeOf(PortfolioTrade own)
    {
        var (strategy, trade) = (Host.StrategyOf(own), own.Trade);
        return new ComparedTrade
        {
            Strategy = strategy.Id,
            Symbol = strategy.Symbols[trade.SymbolIndex],
            Side = trade.Side,
            EntryTime = new DateTime(trade.EntryTime, DateTimeKind.Utc),
            ExitTime = new DateTime(trade.ExitTime, DateTimeKind.Utc),
            Quantity = trade.Quantity,
            Net = trade.NetProfit,
            Weight = own.Weight,
            Model = strategy.Model?.Name ?? "",
        };
    }

    /// <summary>The weights of the configuration, as prod.json of a run has them.</summary>
    public IReadOnlyDictionary<string, (double Weight, string Model)> Weights()
    {
        var configured = Session.Spec.Portfolio.FixedWeights;
        var weights = new Dictionary<string, (double, string)>(StringComparer.Ordinal);
        foreach (var strategy in Host.Strategies)
            if (strategy.Error is null
                && (configured?.GetValueOrDefault(strategy.Instance.Id) ?? strategy.Weight) is not 0 and var weight)
                weights.Add(strategy.Instance.Id, (weight, strategy.Instance.Model?.Name ?? ""));
        return weights;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.EndReplayAsync().ConfigureAwait(false);
        await _opened.DisposeAsync().ConfigureAwait(false);
    }
}
