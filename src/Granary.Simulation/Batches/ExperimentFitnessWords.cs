namespace Granary.Simulation.Batches;

/// <summary>What a fitness is of, and how a batch file names it.</summary>
public static class ExperimentFitnessWords
{
    /// <summary>Whether it is a figure of the strategies' trades, and not of predictions.</summary>
    public static bool IsOfTrades(this ExperimentFitness fitness) =>
        fitness is ExperimentFitness.Expectancy or ExperimentFitness.Sharpe or ExperimentFitness.Sortino;

    /// <summary>As a batch file names it.</summary>
    public static string Word(this ExperimentFitness fitness) =>
        fitness == ExperimentFitness.LogLoss ? "log-loss" : fitness.ToString().ToLowerInvariant();
}
