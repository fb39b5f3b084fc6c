using Granary.Modelling.Weighting;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>Trains risk models outside a backtest: runs a batch's strategies and chooses their weights first.</summary>
internal static class RiskOfBatch
{
    /// <param name="plan">The batch's plan with the strategies' models attached.</param>
    /// <inheritdoc cref="RiskTraining.TrainAsync"/>
    public static async Task<RiskLearning> TrainAsync(ModelTraining training, IReadOnlyList<LearningSpec> specs, BatchPlan plan,
        IReadOnlyDictionary<string, OpenedMarket> markets, (IBatchHost Host, int Threads) by, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("granary-risk-").FullName;
        try
        {
            using var log = new EventLog(Path.Combine(folder, "events.bin"), key: "", plan.Instances.Count, resume: false);
            var outcomes = await new StrategyPass(plan, markets) { Events = log }.OutcomesAsync(by.Host, cancellationToken);
            var call = new AllocatorCall(by.Threads, Checkpoints: new AllocatorCheckpoints(Path.Combine(folder, "allocators")));
            var choice = await BatchWeights.ChooseAsync(plan, outcomes, markets, log, call, cancellationToken);
            await MemberRuns.RunAsync(plan, markets, choice.Members, log, new EmbeddedHost(by.Threads), cancellationToken);
            return await new RiskTraining(training, plan, markets)
                .TrainAsync(specs, new PortfolioEvents(log, choice.Members, choice.Schedule), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
