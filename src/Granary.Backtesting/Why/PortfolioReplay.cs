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

    /// <param name="weights">By strategy index; null = the batch's rule chooses them again.</param>
    /// <param name="change">Called after each row with its close time, to apply what an operator has changed; null for a batch.</param>
    public static async Task<PortfolioTape> RecordAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        StrategyInstance instance, double[]? weights, Action<PortfolioDriver, long>? change = null, long? start = null,
        CancellationToken cancellationToken = default)
    {
        var temporary = Path.GetTempFileName();
        try
        {
            using var log = new EventLog(temporary, "why", plan.Instances.Count, resume: false);
            var host = new EmbeddedHost(Environment.ProcessorCount);
            var pass = new StrategyPass(plan, markets) { Events = log, Include = i => weights is null || weights[i.Index] != 0 };
            var outcomes = await pass.OutcomesAsync(host, cancellationToken).ConfigureAwait(false);
            var choice = weights is not null ? new WeightChoice(weights)
                : await BatchWeights.ChooseAsync(plan, outcomes, markets, log, new AllocatorCall(Environment.ProcessorCount),
                    cancellationToken).ConfigureAwait(false);
            var members = choice.Members;
            await MemberRuns.RunAsync(plan, markets, members, log, host, cancellationToken).ConfigureAwait(false);
            return await FollowAsync(new StrategyPass(plan, markets), instance, log, (members, choice.Schedule), (change, start),
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<PortfolioTape> FollowAsync(StrategyPass pass, StrategyInstance instance, EventLog log,
        (double[] Members, IWeightSource? Schedule) weights, (Action<PortfolioDriver, long>? Change, long? Start) session,
        CancellationToken cancellationToken)
    {
        var (plan, markets) = (pass.Plan, pass.Markets);
        List<Instrument> instruments = [.. markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Instrument)];
        var driver = new PortfolioDriver(plan, weights.Members, instruments, weights.Schedule);
        if (session.Start is { } start) driver.StartAt(start);
        var tape = new PortfolioTape(driver, instance, instruments)
        {
            RowEnded = session.Change is { } change ? close => change(driver, close) : null,
        };
        var followed = plan.Instances.Where(i => weights.Members[i.Index] != 0).ToList();
        var marks = PortfolioPass.MarksOf(followed.Count > 0 ? followed : plan.Instances, s => markets[s].Series);
        await new PortfolioMerge(plan, log, tape).RunAsync(i => weights.Members[i] != 0, marks, cancellationToken).ConfigureAwait(false);
        return tape;
    }
}
