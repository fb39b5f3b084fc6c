using System.Net;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// A network namespace for each silo, joined by a bridge that this machine is on too: a silo can be cut off from all others as by a pulled
/// cable.
/// </summary>
internal sealed class SiloNetwork : IDisposable
{
    private readonly string _name;
    private readonly int _subnet, _silos;

    private SiloNetwork(string name, int subnet, int silos)
    {
        _name = name;
        _subnet = subnet;
        _silos = silos;
    }

    /// <summary>This machine's address in the network.</summary>
    public IPAddress Gateway => IPAddress.Parse($"10.213.{_subnet}.1");

    /// <returns>null where this process may not make networks.</returns>
    public static SiloNetwork? Create(int silos)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return null;
        var subnet = Environment.ProcessId % 250 + 1;
        var network = new SiloNetwork($"grn{subnet}", subnet, silos);
        network.Dispose();
        if (!SystemCommand.Run("ip", "link", "add", network._name, "type", "bridge")) return null;
        if (network.Connect()) return network;
        network.Dispose();
        return null;
    }

    private bool Connect()
    {
        var done = SystemCommand.Run("ip", "address", "add", $"{Gateway}/24", "dev", _name)
            && SystemCommand.Run("ip", "link", "set", _name, "up");
        for (var i = 0; i < _silos && done; i++)
            done = SystemCommand.Run("ip", "netns", "add", SpaceOf(i))
                && SystemCommand.Run("ip", "link", "add", CableOf(i), "type", "veth", "peer", "name", "eth0", "netns", SpaceOf(i))
                && SystemCommand.Run("ip", "link", "set", CableOf(i), "master", _name, "up")
                && SystemCommand.Run("ip", "-n", SpaceOf(i), "address", "add", $"{AddressOf(i)}/24", "dev", "eth0")
                && SystemCommand.Run("ip", "-n", SpaceOf(i), "link", "set", "lo", "up")
                && SystemCommand.Run("ip", "-n", SpaceOf(i), "link", "set", "eth0", "up");
        return done;
    }

    public string SpaceOf(int silo) => $"{_name}-{silo}";

    public string AddressOf(int silo) => $"10.213.{_subnet}.{silo + 2}";

    private string CableOf(int silo) => $"{_name}v{silo}";

    /// <summary>Pulls the cable of a silo, or plugs it in again.</summary>
    public void Set(int silo, bool connected) => SystemCommand.Run("ip", "link", "set", CableOf(silo), connected ? "up" : "down");

    public void Dispose()
    {
        for (var i = 0; i < _silos; i++)
        {
            SystemCommand.Run("ip", "link", "delete", CableOf(i));
            SystemCommand.Run("ip", "netns", "delete", SpaceOf(i));
        }
        SystemCommand.Run("ip", "link", "delete", _name);
    }
}
