using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Granary.Cluster.Tests.Fixtures;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Which addresses the ports of a silo's process are open on, as the operating system lists them.</summary>
[Collection<OneSilo>]
public sealed class SiloPortsTests(OneSilo.Running onLoopback) : IDisposable
{
    private const string Plain = "without TLS";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-ports-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void All_ports_of_a_silo_on_loopback_are_on_loopback()
    {
        AddressesOf(onLoopback.Ports).ShouldBe(onLoopback.Ports.Select(p => new IPEndPoint(IPAddress.Loopback, p)), ignoreOrder: true);
        onLoopback.Silo.Output.ShouldNotContain(Plain);
    }

    [Fact]
    public async Task A_silo_warns_of_each_port_that_other_machines_reach_without_tls()
    {
        if (NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .All(a => IPAddress.IsLoopback(a.Address) || a.Address.AddressFamily != AddressFamily.InterNetwork))
            Assert.Skip("this machine has no address in a network");
        var keys = Path.Combine(_folder.FullName, "keys.json");
        await ApiKeys.AddAsync(keys, "operator", Role.Admin, TimeProvider.System);
        var server = await PostgresServer.ShareAsync();
        var ports = FreePorts.Take(3);
        await using var silo = SiloProcess.Start(["--urls", $"http://0.0.0.0:{ports[0]}", "--clustering", "postgres", "--keys", keys,
            "--silo-port", $"{ports[1]}", "--gateway-port", $"{ports[2]}"],
            new Dictionary<string, string> { ["GRANARY_CONNECTION"] = await server.CreateDatabaseAsync() }, ports[0]);
        await silo.ReadyAsync();
        var open = AddressesOf(ports);
        open.Select(a => a.Port).Distinct().Order().ShouldBe(ports.Order());
        open.ShouldAllBe(a => !IPAddress.IsLoopback(a.Address));
        await Eventually.HoldsAsync(() => silo.Output.Contains($"http://0.0.0.0:{ports[0]} takes requests from other machines {Plain}")
            && silo.Output.Contains($"The ports {ports[1]} and {ports[2]} take connections from other machines {Plain}"));
    }

    private static List<IPEndPoint> AddressesOf(int[] ports) =>
        [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(l => ports.Contains(l.Port))];
}
