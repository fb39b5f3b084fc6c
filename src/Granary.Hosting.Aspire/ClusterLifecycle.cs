using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Hosting.Aspire;

/// <summary>The state of a cluster in Aspire's dashboard, which resources that wait for the cluster follow: that of its silos.</summary>
internal static class ClusterLifecycle
{
    public static IResourceBuilder<GranaryResource> Follow(IResourceBuilder<GranaryResource> builder) => builder
        .WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = "Granary",
            State = KnownResourceStates.Waiting,
            Properties = [],
        })
        .OnInitializeResource(static (cluster, e, stop) =>
        {
            _ = FollowAsync(cluster, e, stop);
            return Task.CompletedTask;
        });

    private static async Task FollowAsync(GranaryResource cluster, InitializeResourceEvent e, CancellationToken stop)
    {
        Task SetAsync(string state, string style) => e.Notifications.PublishUpdateAsync(cluster, snapshot => snapshot with
        {
            State = new ResourceStateSnapshot(state, style),
            StartTimeStamp = snapshot.StartTimeStamp ?? DateTime.UtcNow,
        });
        try
        {
            await e.Eventing.PublishAsync(new BeforeResourceStartedEvent(cluster, e.Services), stop).ConfigureAwait(false);
            foreach (var silo in cluster.Silos)
                await e.Notifications.WaitForResourceHealthyAsync(silo.Name, WaitBehavior.StopOnResourceUnavailable, stop)
                    .ConfigureAwait(false);
            await e.Eventing.PublishAsync(new ConnectionStringAvailableEvent(cluster, e.Services), stop).ConfigureAwait(false);
            await SetAsync(KnownResourceStates.Running, KnownResourceStateStyles.Success).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The app host stops.
        }
        catch (DistributedApplicationException)
        {
            await SetAsync(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error).ConfigureAwait(false);
        }
    }
}
