using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Modelling.Weighting;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Why;

/// <summary>Runs the portfolio of a batch again, with the strategies that it follows, and records it.</summary>
internal static class PortfolioReplay
{
    /// <summary>Whether the weights of a batch stay the same over its bars.</summary>
    public static bool HasConstantWeights(BatchPlan plan) => plan.Spec.Portfolio is { Rebalance: null } portfolio
        && (portfolio.FixedWeights is not null || portfolio.Rule is WeightMethods.Winners or WeightMethods.Equal or WeightMethods.Best)
        && !AllocatorWeights.IsFor(plan);

    public static async Task<PortfolioTape> RecordAsync(StrategyPass pass, StrategyInstance instance, PortfolioChoice chosen,
        CancellationToken cancellationToken)
    {
        var (plan, markets, weights) = (pass.Plan, pass.Markets, chosen.Weights);
        var temporary = Path.GetTempFileName();
        try
        {
            using var log = new EventLog(temporary, "why", plan.Instances.Count, resume: false);
            var host = new EmbeddedHost(Environment.ProcessorCount);
            var members = pass with { Events = log, Include = i => weights is null || weights[i.Index] != 0 };
            var outcomes = await members.OutcomesAsync(host, cancellationToken).ConfigureAwait(false);
            var choice = weights is not null ? new WeightChoice([.. weights])
                : await BatchWeights.ChooseAsync(plan, outcomes, markets, log, new AllocatorCall(Environment.ProcessorCount),
                    cancellationToken).ConfigureAwait(false);
            await MemberRuns.RunAsync(plan, markets, choice.Members, log, host, cancellationToken).ConfigureAwait(false);
            return await FollowAsync(pass, instance, log, (choice.Members, choice.Schedule, chosen), cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<PortfolioTape> FollowAsync(StrategyPass pass, StrategyInstance instance, EventLog log,
        (double[] Members, IWeightSource? Schedule, PortfolioChoice Chosen) weights, CancellationToken cancellationToken)
    {
        var (plan, markets) = (pass.Plan, pass.Markets);
        List<Instrument> instruments = [.. markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Instrument)];
        var driver = new PortfolioDriver(plan, weights.Members, instruments, weights.Schedule,
            paths: IntrabarPaths.ReaderOf(plan.Spec, markets));
        if (weights.Chosen.Start is { } start) driver.StartAt(start);
        var tape = new PortfolioTape(driver, instance)
        {
            RowEnded = weights.Chosen.RowEnded is { } ended ? close => ended(driver, close) : null,
        };
        var followed = plan.Instances.Where(i => weights.Members[i.Index] != 0).ToList();
        var marks = MarketBars.Of(followed.Count > 0 ? followed : plan.Instances, s => markets[s].Series);
        await new PortfolioMerge(plan, log, tape).RunAsync(i => weights.Members[i] != 0, marks, cancellationToken).ConfigureAwait(false);
        return tape;
    }
}
