using Granary.Cluster;
using Granary.Silo.Options;

namespace Granary.Silo.Streams;

/// <summary>What carries blocks between silos.</summary>
internal static class StreamProviders
{
    public static void Add(ISiloBuilder silo, SiloSettings settings)
    {
        switch (settings.Streams)
        {
            case StreamTransport.Memory:
                silo.AddMemoryStreams(ClusterProviders.Blocks);
                break;
            default:
                throw new InvalidOperationException($"no streams over {settings.Streams}");
        }
    }
}
