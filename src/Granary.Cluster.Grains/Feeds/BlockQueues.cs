using System.Buffers.Binary;
using Granary.Application.Operations;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Streams;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// Which silo has a queue of the memory streams. Its pulling agent, the grain that stores its messages and the feeds whose blocks go
/// through it are placed there, so that a block crosses the network once for each other silo that reads it.
/// </summary>
/// <param name="membership">Known only when the silo has been made.</param>
internal sealed class BlockQueues(Lazy<IClusterMembershipService> membership)
{
    public const int Count = 4;

    private readonly HashRingBasedStreamQueueMapper _queues =
        new(new HashRingStreamQueueMapperOptions { TotalQueueCount = Count }, ClusterProviders.Blocks);

    /// <summary>Number of the queue of a feed's stream.</summary>
    public uint QueueOf(string feed) => _queues.GetQueueForStream(FeedStream.Of(feed)).GetNumericId();

    /// <summary>Number of the queue whose messages a grain of Orleans stores: the last four bytes of its key.</summary>
    public static uint QueueOf(Guid queueGrain)
    {
        Span<byte> bytes = stackalloc byte[16];
        queueGrain.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
    }

    /// <summary>
    /// The silo of a queue: the queues go in turn to the silos that compute, in the order of their starts; where none does, to all.
    /// </summary>
    /// <returns>null while this silo knows of no active one.</returns>
    public SiloAddress? OwnerOf(uint queue)
    {
        var active = membership.Value.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active).ToList();
        var computing = active.Where(m => SiloRolesText.Of(m.Name).HasFlag(SiloRoles.Compute)).ToList();
        var silos = (computing.Count > 0 ? computing : active).Select(m => m.SiloAddress).Order().ToList();
        return silos.Count > 0 ? silos[(int)(queue % (uint)silos.Count)] : null;
    }
}
