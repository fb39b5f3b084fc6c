using Granary.Reporting.Runs;

namespace Granary.Backtesting.Runs;

/// <summary>A batch that has run.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Interrupted">It was stopped; the folder has what had finished.</param>
public sealed record BatchRun(RunModel Model, string Folder, bool Interrupted)
{
    public string? Report => File.Exists(Path.Combine(Folder, "report.html")) ? Path.Combine(Folder, "report.html") : null;

    public long Trades => Model.Strategies.Sum(s => s.Stats?.Trades ?? 0);
}
