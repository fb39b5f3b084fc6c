using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Silos;
using Granary.Contracts.Jobs;
using Granary.Contracts.Operations;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Trading.Live;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Services;

/// <summary>Serves the operator's calls of a silo's HTTP API: shows the cluster, and drains, resumes or retires a silo.</summary>
/// <param name="grains">The silo's grain factory.</param>
/// <param name="services">The compute services of the silos.</param>
internal sealed class ClusterOperations(IGrainFactory grains, ComputeServices services, IOptions<ClusterOptions> cluster, IJobService jobs,
    ISessionService sessions) : IClusterOperations
{
    private const int MostListed = 100;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public async Task<ClusterState> StateAsync(CancellationToken cancellationToken = default)
    {
        var members = await MembersAsync(cancellationToken).ConfigureAwait(false);
        var silos = await Task.WhenAll(members.Select(DescribeAsync)).WaitAsync(cancellationToken).ConfigureAwait(false);
        var queued = await jobs.ListAsync(new JobQuery(MostListed, State: JobState.Queued), cancellationToken).ConfigureAwait(false);
        var running = await jobs.ListAsync(new JobQuery(MostListed, State: JobState.Running), cancellationToken).ConfigureAwait(false);
        var live = await sessions.ListAsync(cancellationToken).ConfigureAwait(false);
        return new ClusterState(cluster.Value.ClusterId, [.. queued.Items.Select(j => j.Id)], [.. running.Items.Select(j => j.Id)],
            [.. live.Where(s => s.IsRunning).Select(s => s.Id)], silos);
    }

    /// <inheritdoc/>
    public async Task<SiloState?> CommandSiloAsync(string silo, SiloCommand command, CancellationToken cancellationToken = default)
    {
        var members = await MembersAsync(cancellationToken).ConfigureAwait(false);
        if (members.FirstOrDefault(m => m.SiloName == silo && m.Status == SiloStatus.Active) is not { } member) return null;
        var compute = services.Of(member.SiloAddress);
        await GrainCalls.TryAsync(async _ =>
        {
            await (command == SiloCommand.Retire ? compute.RetireAsync() : compute.DrainAsync(command == SiloCommand.Drain))
                .ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return await DescribeAsync(member).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<MembershipEntry>> MembersAsync(CancellationToken cancellationToken) =>
        [.. (await GrainCalls.TryAsync(_ => grains.GetGrain<IManagementGrain>(0).GetDetailedHosts(onlyActive: false), cancellationToken)
            .ConfigureAwait(false)).Where(m => m.Status != SiloStatus.Dead).OrderBy(m => m.SiloName, StringComparer.Ordinal)];

    // A silo that does not answer is listed with its membership data only.
    private async Task<SiloState> DescribeAsync(MembershipEntry member)
    {
        SiloDescription? own = null;
        try
        {
            own = await TimedCall.CallAsync(services.Of(member.SiloAddress).DescribeAsync, s_timeout, TimeProvider.System)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (LostCall.Is(e))
        {
        }
        return new SiloState(member.SiloName, member.SiloAddress.Endpoint.ToString(), member.Status.ToString().ToLowerInvariant(),
            new DateTimeOffset(DateTime.SpecifyKind(member.StartTime, DateTimeKind.Utc)), own?.Version, own?.Threads ?? 0, own?.Groups ?? 0,
            own?.Activations ?? 0, own?.Draining ?? false);
    }
}
