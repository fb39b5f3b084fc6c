using System.Net;
using System.Net.Sockets;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Ports for silos of the tests.</summary>
internal static class FreePorts
{
    // Below the range from which systems take ports for outgoing connections: on a busy machine one of those was taken between the choice
    // and the silo's start.
    private const int First = 10_000, Count = 20_000;

    // Test processes that run side by side begin in different places.
    private static int _next = Environment.ProcessId * 97 % Count;

    /// <summary>Different ports that had no listener a moment ago and that this process returns once.</summary>
    public static int[] Take(int count)
    {
        var ports = new int[count];
        for (var i = 0; i < count;)
        {
            var port = First + (Interlocked.Increment(ref _next) & int.MaxValue) % Count;
            if (IsFree(port)) ports[i++] = port;
        }
        return ports;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
