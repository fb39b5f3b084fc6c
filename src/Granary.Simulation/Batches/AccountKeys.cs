using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a batch file's <c>account</c>.</summary>
internal sealed record AccountKeys
{
    [Key("starting cash of the portfolio and of each strategy's account"), Range(1, 1e15)]
    public double Cash { get; init; } = BatchSpec.DefaultCash;

    [Key("per year, for the [report](report.md)"), Range(-100, 1000)]
    public double RiskFreePercent { get; init; }
}
