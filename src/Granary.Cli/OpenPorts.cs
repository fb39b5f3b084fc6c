using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Granary.Cli;

/// <summary>Finds ports of Granary's servers on this machine that other machines reach without TLS.</summary>
internal static class OpenPorts
{
    private const int Http = 8080, Silo = 11111, Gateway = 30000;

    /// <summary>Default ports of the servers, or the ports of a silo's settings in the environment.</summary>
    public static IReadOnlyList<int> Expected(Func<string, string?> environment) =>
    [
        .. (environment("GRANARY_URLS") ?? "").Split(';').Select(u => u.Replace("//*", "//any").Replace("//+", "//any"))
            .Select(u => Uri.TryCreate(u, UriKind.Absolute, out var url) ? url.Port : Http),
        PortOf(environment("GRANARY_SILO_PORT")) ?? Silo,
        PortOf(environment("GRANARY_GATEWAY_PORT")) ?? Gateway,
    ];

    /// <param name="timeout">Timeout for a port to present a certificate.</param>
    public static async Task<MachineCheck> CheckAsync(IReadOnlyList<int> ports, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", ports);
        var open = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(l => ports.Contains(l.Port) && !IPAddress.IsLoopback(l.Address)).ToList();
        if (open.Count == 0) return new MachineCheck("Ports of servers", "ok", $"{names}: none is open to other machines");
        var plain = new List<IPEndPoint>();
        foreach (var listener in open)
            if (!await HasTlsAsync(listener, timeout, cancellationToken)) plain.Add(listener);
        return plain.Count == 0
            ? new MachineCheck("Ports of servers", "ok", $"{string.Join(", ", open)}: open to other machines, with TLS")
            : new MachineCheck("Ports of servers", "warning", $"{string.Join(", ", plain)}: open to other machines without TLS. Listen on "
                + "127.0.0.1, or give --certificate (HTTP) and --cluster-certificate (silo and gateway).");
    }

    private static int? PortOf(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    // A server with TLS shows its certificate; whether it then accepts this client does not matter.
    private static async Task<bool> HasTlsAsync(IPEndPoint listener, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var shown = false;
        var address = listener.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : listener.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : listener.Address;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(timeout);
            using var client = new TcpClient(address.AddressFamily);
            await client.ConnectAsync(address, listener.Port, limit.Token);
            await using var stream = new SslStream(client.GetStream(), false, (_, _, _, _) => shown = true);
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "granary" }, limit.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // No TLS, or no certificate that the server accepts.
        }
        return shown;
    }
}
