using System.Globalization;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Recorded;

namespace Granary.Simulation.Passes;

/// <summary>
/// Replays recorded trades as the events of a strategy. Its account is a portfolio with this one member, so the portfolio's own code
/// computes it.
/// </summary>
internal static class RecordedRuns
{
    /// <summary>Whether a strategy is a file of recorded trades.</summary>
    public static bool IsRecorded(StrategyInstance instance) => instance.Definition.Type == typeof(RecordedTrades);

    /// <summary>Replays the recorded strategies of a pass, in the order of the batch.</summary>
    public static async Task RunAsync(StrategyPass pass, CancellationToken cancellationToken)
    {
        foreach (var instance in pass.Plan.Instances)
            if (IsRecorded(instance) && pass.Include(instance))
                pass.Finished([await ReplayAsync(pass, instance, cancellationToken)]);
    }

    /// <summary>Returns the parameters of a recorded strategy.</summary>
    public static RecordedTrades Of(StrategyInstance instance) => (RecordedTrades)instance.Create();

    private static async Task<StrategyOutcome> ReplayAsync(StrategyPass pass, StrategyInstance instance,
        CancellationToken cancellationToken)
    {
        var market = pass.Markets[instance.Symbol];
        var bars = new List<Bar>();
        await foreach (var block in FeedBlocks.ReadAsync(market.Series, instance.Timeframe, IBarSeries.DefaultBlockSize, cancellationToken))
            for (var i = 0; i < block.Count; i++)
                bars.Add(block[i]);
        try
        {
            var path = RecordedFile.PathOf(pass.Plan.Spec.Folder, Of(instance).Name);
            var replay = new TradeReplay(instance, RecordedFile.Read(path, pass.Plan.Spec.Catalogues.Files), bars)
            {
                Multiplier = market.Instrument.Multiplier,
                Rates = market.Instrument.Rates,
                CostFactor = (pass.Plan.IsStressed ? 2 : 1) * (pass.Plan.Spec.Execution.Stress ? 2 : 1),
            };
            var own = new MemoryEventLog();
            var signals = replay.Write(new RunEventWriter(0, own, withFactors: false));
            if (pass.Events is { } sink) replay.Write(new RunEventWriter(instance.Index, sink, withFactors: false));
            return await AccountAsync(pass, instance, own, (signals, bars.Count), cancellationToken);
        }
        catch (InputException e)
        {
            return new StrategyOutcome(instance.Index, null, 0, 0, bars.Count, e.Message);
        }
    }

    // Runs the member alone in a portfolio without limits, which applies the recorded costs.
    private static async Task<StrategyOutcome> AccountAsync(StrategyPass pass, StrategyInstance instance, MemoryEventLog events,
        (int Signals, long Bars) counts, CancellationToken cancellationToken)
    {
        var alone = pass.Plan.InOwnPortfolio(instance);
        alone = alone.WithExecution(alone.Spec.Execution.Settings with { Fee = new PercentFee(0), Slippage = null });
        var portfolio = new PortfolioPass(alone, events, [1], [pass.Markets[instance.Symbol].Instrument]);
        var tracer = new EquityTracer(Math.Max(1, pass.Plan.Feeds[0].TracePeriod), alone.Spec.Cash);
        var marks = MarketBars.Of(alone.Instances, s => pass.Markets[s].Series);
        var outcome = await portfolio.RunAsync(marks, row => tracer.Add(row.Time, row.Equity), null,
            new FeedClock(instance.Timeframe, instance.Trading.TradeFrom), cancellationToken);
        var refused = outcome.Counts.Where(c => c.Key != Decision.Accepted).Sum(c => c.Value) + portfolio.Account.Resized
            + portfolio.Account.ResizedAtFill;
        if (refused > 0)
            return new StrategyOutcome(instance.Index, null, 0, counts.Signals, counts.Bars, string.Create(CultureInfo.InvariantCulture,
                $"an account of {alone.Spec.Cash:N0} cannot pay for {Counted.Of(refused, "trade")} of it; raise account.cash, or set "
                    + $"execution.leverage"));
        return new StrategyOutcome(instance.Index, outcome.Statistics, outcome.Digest, counts.Signals, counts.Bars, null)
        {
            Trace = pass.Plan.Feeds[0].TracePeriod > 0 ? tracer.Finish() : null,
        };
    }
}
