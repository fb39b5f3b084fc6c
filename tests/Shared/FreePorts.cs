using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granary.Testing;

/// <summary>Ports for servers of the tests, and ports at which no server listens.</summary>
internal static class FreePorts
{
    // Below the range from which systems take ports for outgoing connections: on a busy machine one of those was taken between the choice
    // and the server's start.
    private const int First = 10_000, Count = 20_000;

    // Test processes that run side by side take turns at one file, so that none takes the port of another. silos.sh takes its turn too.
    private static readonly string Turn = Path.Combine(Path.GetTempPath(), "granary-test-ports");

    /// <summary>A port that had no listener a moment ago.</summary>
    public static int Take() => Take(1)[0];

    /// <summary>Different ports that had no listener a moment ago and that come round again after twenty thousand others.</summary>
    public static int[] Take(int count)
    {
        using var file = Open();
        Span<byte> text = stackalloc byte[16];
        _ = int.TryParse(Encoding.ASCII.GetString(text[..file.Read(text)]), out var next);
        var ports = new int[count];
        for (var i = 0; i < count; next = (next + 1) % Count)
            if (IsFree(First + next)) ports[i++] = First + next;
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{next}")));
        return ports;
    }

    private static FileStream Open()
    {
        for (var waited = Stopwatch.StartNew(); ; Thread.Sleep(5))
            try
            {
                return new FileStream(Turn, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < Eventually.Longest)
            {
                // Another process has its turn.
            }
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
