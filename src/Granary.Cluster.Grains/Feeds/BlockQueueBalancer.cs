using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Streams;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// Runs the pulling agents of the memory streams where <see cref="BlockQueues"/> says, and has the queues' grains follow them.
/// </summary>
internal sealed partial class BlockQueueBalancer : QueueBalancerBase, IStreamQueueBalancer
{
    private readonly BlockQueues _queues;
    private readonly BlockQueueGrains _grains;
    private List<QueueId> _all = [];

    public BlockQueueBalancer(IServiceProvider services)
        : base(services, services.GetRequiredService<ILogger<BlockQueueBalancer>>()) =>
        (_queues, _grains) = (services.GetRequiredService<BlockQueues>(), services.GetRequiredService<BlockQueueGrains>());

    public override Task Initialize(IStreamQueueMapper queueMapper)
    {
        _all = [.. queueMapper.GetAllQueues()];
        return base.Initialize(queueMapper);
    }

    public override IEnumerable<QueueId> GetMyQueues() => _all.Where(q => SiloAddress.Equals(_queues.OwnerOf(q.GetNumericId())));

    protected override void OnClusterMembershipChange(HashSet<SiloAddress> activeSilos) => ChangeAsync().Ignore();

    // First the agents, so that none of this silo calls a grain that migrates.
    private async Task ChangeAsync()
    {
        try
        {
            await NotifyListeners();
            _grains.Follow();
        }
        catch (Exception e)
        {
            LogNotMoved(Logger, e);
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Queues of the memory streams were not moved when silos joined or left: readers request their blocks until the next change")]
    private static partial void LogNotMoved(ILogger logger, Exception fault);
}
