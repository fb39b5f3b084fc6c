using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Backtesting.Runs;

/// <summary>The result of a batch.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Interrupted">Whether it was stopped; the folder has the finished parts.</param>
public sealed record BatchRun(RunModel Model, string Folder, bool Interrupted)
{
    /// <summary>The plan of the run with all trials of its searches.</summary>
    internal BatchPlan? Plan { get; init; }

    public string? Report => File.Exists(Path.Combine(Folder, "report.html")) ? Path.Combine(Folder, "report.html") : null;

    public long Trades => Model.Strategies.Sum(s => s.Stats?.Trades ?? 0);
}
