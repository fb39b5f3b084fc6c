using Orleans.Concurrency;

namespace Granary.Cluster.Batches;

/// <summary>
/// The portfolio pass of one run; the key is the run's id. The grain is on the silo of the run's reporting grain, has the pass run over the
/// events there, and owns it until its end. Only that silo calls it: others ask the <see cref="IReportingGrain"/>.
/// </summary>
[Alias("granary.IBatchPortfolioGrain")]
public interface IBatchPortfolioGrain : IGrainWithStringKey
{
    /// <summary>Takes over a pass and begins it, if it has not begun.</summary>
    /// <returns>false if this silo has no such pass.</returns>
    [AlwaysInterleave, Alias("Start")]
    ValueTask<bool> StartAsync(Guid pass);

    /// <summary>Returns the portfolio as it stands; null without a pass.</summary>
    [AlwaysInterleave, Alias("Status")]
    ValueTask<PortfolioStatus?> StatusAsync(CancellationToken cancellationToken = default);
}
