using Granary.Api.Health;
using Orleans.Runtime;

namespace Granary.Silo.Readiness;

/// <summary>Checks that this silo is an active member of its cluster.</summary>
internal sealed class ClusterReadiness(ISiloStatusOracle membership) : IReadinessCheck
{
    public string Name => "cluster";

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(membership.CurrentStatus == SiloStatus.Active ? null
            : $"this silo is {membership.CurrentStatus.ToString().ToLowerInvariant()}, not an active member of the cluster");
}
