namespace Granary.Simulation.Batches;

/// <summary>Names of fitness figures in a batch file, and their kind.</summary>
internal static class ExperimentFitnessWords
{
    /// <summary>Whether the figure rates the strategies' trades instead of predictions.</summary>
    public static bool IsOfTrades(this ExperimentFitness fitness) =>
        fitness is ExperimentFitness.Expectancy or ExperimentFitness.Sharpe or ExperimentFitness.Sortino;

    /// <summary>Returns the name in a batch file.</summary>
    public static string Word(this ExperimentFitness fitness) =>
        fitness == ExperimentFitness.LogLoss ? "log-loss" : fitness.ToString().ToLowerInvariant();
}
