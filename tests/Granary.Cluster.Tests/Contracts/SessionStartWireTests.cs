using Granary.Cluster.Wire;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>The options of a session on their way to another silo.</summary>
public sealed class SessionStartWireTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddWireFormat().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    // Every option has a value of its own.
    private static SessionStart Start() => new(RecordKeys<SessionOptions>.Create(o => o.Type == typeof(bool) ? true
        : o.Type == typeof(long) ? 638_000_000_000_000_000L + o.Name.Length : o.Type == typeof(int) ? o.Name.Length
        : o.Type == typeof(Address) ? Address.OfKept("/text of " + o.Name) : "text of " + o.Name),
        [1, 2], "prod.json", "/f")
    {
        StartedBy = "me",
    };

    private static SessionOptions OptionsOf(SessionStart start) =>
        new SessionBody(start) with { Configuration = "", File = "", Folder = "" };

    [Fact]
    public void A_start_reaches_another_silo_with_every_option()
    {
        var serializer = _services.GetRequiredService<Serializer<SessionStart>>();
        var read = serializer.Deserialize(serializer.SerializeToArray(Start()))!;
        OptionsOf(read).ShouldBe(OptionsOf(Start()));
        read.Text.ShouldBe([1, 2]);
        (read.File, read.Folder, read.StartedBy).ShouldBe(("prod.json", "/f", "me"));
    }
}
