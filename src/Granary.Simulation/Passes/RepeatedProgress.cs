using Granary.Reporting.Runs;

namespace Granary.Simulation.Passes;

/// <summary>
/// Reports a pass in which strategies run again: the counts of the batch stay, and the stage says how many run again, and why.
/// </summary>
internal sealed class RepeatedProgress(IProgress<BatchProgress> progress, int strategies) : IProgress<BatchProgress>
{
    public void Report(BatchProgress value) => progress.Report(value with
    {
        StrategiesDone = strategies,
        Strategies = strategies,
        Stage = StageOf(value.StrategiesDone, value.Strategies),
    });

    private const string Again = "again for their trades: ";

    /// <summary>Returns the stage in words.</summary>
    /// <param name="done">Strategies that have run again.</param>
    /// <param name="strategies">Strategies that must run again.</param>
    public static string StageOf(int done, int strategies) => Again + Counted.Of(done, strategies, "strategy");

    /// <summary>Whether a stage is one of these.</summary>
    public static bool IsStage(string stage) => stage.StartsWith(Again, StringComparison.Ordinal);
}
