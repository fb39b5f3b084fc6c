using Granary.Application.Live;
using Granary.Application.Options;
using Granary.Cluster.Wire;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>The options of a session between silos of two versions.</summary>
public sealed class SessionStartWireTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    // Every option has a value of its own.
    private static SessionStart Start() => new(RecordOptions<SessionOptions>.Create(o => o.Type == typeof(bool) ? true
        : o.Type == typeof(long) ? 638_000_000_000_000_000L + o.Key.Length : o.Type == typeof(int) ? o.Key.Length : "text of " + o.Key),
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

    [Fact]
    public void A_silo_of_the_earlier_version_reads_ours_and_we_read_its()
    {
        var ours = new SessionStartConverter().ConvertToSurrogate(Start());
        var earlier = _services.GetRequiredService<Serializer<EarlierStart>>();
        var seen = earlier.Deserialize(_services.GetRequiredService<Serializer<SessionStartWire>>().SerializeToArray(ours));
        (seen.Feed, seen.Broker, seen.Speed, seen.To, seen.IgnoresChecks, seen.BrokerOptions)
            .ShouldBe(("text of feed", "text of broker", Start().Speed, 638_000_000_000_000_002L, true, "text of brokerOptions"));
        var theirs = _services.GetRequiredService<Serializer<SessionStartWire>>().Deserialize(earlier.SerializeToArray(seen));
        theirs.Options.ShouldBeNull();
        // Options that were added later have their defaults.
        var defaults = new SessionOptions { Feed = "" };
        OptionsOf(new SessionStartConverter().ConvertFromSurrogate(theirs))
            .ShouldBe(OptionsOf(Start()) with
            {
                Endpoint = defaults.Endpoint,
                Reconcile = defaults.Reconcile,
                Deployments = null,
                Deployment = null
            });
    }

    [Fact]
    public void An_option_that_a_newer_silo_added_is_left_out()
    {
        var ours = new SessionStartConverter().ConvertToSurrogate(Start());
        var newer = ours with { Options = [.. ours.Options!.AsSpan()[..^1], .. ", \"added\": 7 }"u8] };
        OptionsOf(new SessionStartConverter().ConvertFromSurrogate(newer)).ShouldBe(OptionsOf(Start()));
    }
}

/// <summary>The fields of a start before its options travelled as JSON.</summary>
[GenerateSerializer, Alias("test.EarlierStart")]
public readonly record struct EarlierStart(
    [property: Id(0)] byte[] Text, [property: Id(1)] string File, [property: Id(2)] string Folder, [property: Id(3)] string Feed,
    [property: Id(4)] string Broker, [property: Id(5)] string? Paper, [property: Id(6)] string Speed, [property: Id(7)] string? MaxGap,
    [property: Id(8)] string? Account, [property: Id(9)] string? WarmUp, [property: Id(10)] long? From, [property: Id(11)] long? To,
    [property: Id(12)] bool IgnoresChecks, [property: Id(13)] string StartedBy, [property: Id(14)] string? BrokerOptions = null);
