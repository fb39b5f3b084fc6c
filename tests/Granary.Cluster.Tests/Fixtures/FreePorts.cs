using System.Net;
using System.Net.Sockets;

namespace Granary.Cluster.Tests.Fixtures;

internal static class FreePorts
{
    /// <summary>Different ports of loopback that nobody listened on a moment ago.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Stop();
        return ports;
    }
}
