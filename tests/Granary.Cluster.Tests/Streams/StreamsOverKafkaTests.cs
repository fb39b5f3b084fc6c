using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using Granary.Cluster.Kafka;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Wire;
using Granary.Kafka;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.Streams;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Streams;

/// <summary>Two silos that stream to one another through a broker that speaks the real protocol.</summary>
public sealed class StreamsOverKafkaTests(StreamsOverKafkaTests.Cluster cluster) : IClassFixture<StreamsOverKafkaTests.Cluster>
{
    public sealed class Cluster : IAsyncLifetime
    {
        internal MockKafka Kafka { get; private set; } = null!;

        internal InProcessTestCluster Silos { get; private set; } = null!;

        internal ReceivedEvents Received { get; } = new();

        public async ValueTask InitializeAsync()
        {
            Kafka = MockKafka.Start();
            Silos = Build(Kafka, "streams", Received);
            await Silos.DeployAsync();
        }

        internal static InProcessTestCluster Build(MockKafka kafka, string topic, ReceivedEvents all, int largest = 1 << 20)
        {
            var builder = new InProcessTestClusterBuilder(2);
            var storage = new SharedStorage();
            // The grain interfaces of Granary are in this process too, and Orleans asks for the codec of each message at the start.
            builder.ConfigureClient(client => client.Services.AddWireFormat());
            builder.ConfigureSilo((_, silo) =>
            {
                silo.Services.AddWireFormat();
                silo.Services.AddKeyedSingleton<IGrainStorage>(ClusterProviders.Subscriptions, storage);
                silo.Services.AddSingleton(all);
                silo.AddKafkaStreams(ClusterProviders.Blocks, o =>
                {
                    o.Endpoint = kafka.Endpoint with { LargestMessage = largest };
                    o.Topic = topic;
                    o.Queues = MockKafka.Partitions;
                    o.Cached = 16;
                });
            });
            return builder.Build();
        }

        public async ValueTask DisposeAsync()
        {
            await Silos.DisposeAsync();
            Kafka.Dispose();
        }
    }

    private IGrainFactory Grains => cluster.Silos.Client;

    [Fact]
    public async Task Every_subscriber_of_every_stream_gets_every_event_in_order()
    {
        var streams = Enumerable.Range(0, 12).Select(i => $"{Guid.NewGuid():N}-{i}").ToArray();
        foreach (var stream in streams)
            for (var listener = 0; listener < 2; listener++)
                await Grains.GetGrain<IListener>($"{stream}/{listener}").ListenAsync(stream, TimeSpan.Zero);
        await Task.WhenAll(streams.Select(s => Grains.GetGrain<ISpeaker>(s).SpeakAsync(200, 100)));
        foreach (var stream in streams)
        {
            for (var listener = 0; listener < 2; listener++)
            {
                var received = cluster.Received.By($"{stream}/{listener}");
                await Eventually.HoldsAsync(() => received.Count >= 200);
                received.ShouldBe(Enumerable.Range(0, 200));
            }
        }
    }

    [Fact]
    public async Task A_slow_subscriber_loses_nothing_though_the_speaker_runs_far_ahead_of_the_cache()
    {
        var stream = Guid.NewGuid().ToString("N");
        await Grains.GetGrain<IListener>(stream).ListenAsync(stream, TimeSpan.FromMilliseconds(2));
        // The mock brokers forget what is more than 5 MB old: all of it stays below that.
        await Grains.GetGrain<ISpeaker>(stream).SpeakAsync(600, 4_000);
        var received = cluster.Received.By(stream);
        received.Count.ShouldBeLessThan(600, "the speaker waits for the brokers, not for the listener");
        await Eventually.HoldsAsync(() => received.Count >= 600);
        received.ShouldBe(Enumerable.Range(0, 600));
    }

    [Fact]
    public async Task An_event_beyond_the_limit_fails_its_publisher_with_what_to_do()
    {
        using var kafka = MockKafka.Start();
        await using var silos = Cluster.Build(kafka, "small", new ReceivedEvents(), 50_000);
        await silos.DeployAsync();
        var stream = Guid.NewGuid().ToString("N");
        var failure = await Should.ThrowAsync<Exception>(() => silos.Client.GetGrain<ISpeaker>(stream).SpeakAsync(1, 60_000));
        failure.Message.ShouldContain("publish smaller blocks");
    }

    [Fact]
    public async Task What_is_not_a_message_of_ours_is_skipped_and_the_stream_goes_on()
    {
        var stream = Guid.NewGuid().ToString("N");
        await Grains.GetGrain<IListener>(stream).ListenAsync(stream, TimeSpan.Zero);
        await Grains.GetGrain<ISpeaker>(stream).SpeakAsync(5, 10);
        using (var producer = cluster.Kafka.Endpoint.Producer())
            for (var p = 0; p < MockKafka.Partitions; p++)
                await producer.ProduceAsync(new TopicPartition("streams", p), new Message<Null, byte[]> { Value = [1, 2, 3] });
        await Grains.GetGrain<ISpeaker>(stream).SpeakAsync(5, 10);
        var received = cluster.Received.By(stream);
        await Eventually.HoldsAsync(() => received.Count >= 10);
        received.ShouldBe([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    }

    [Fact]
    public async Task When_a_silo_dies_its_queues_continue_on_the_other_and_every_published_message_arrives()
    {
        using var kafka = MockKafka.Start();
        var all = new ReceivedEvents();
        await using var silos = Cluster.Build(kafka, "chaos", all);
        await silos.DeployAsync();
        var streams = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid().ToString("N")).ToArray();
        foreach (var stream in streams) await silos.Client.GetGrain<IListener>(stream).ListenAsync(stream, TimeSpan.Zero);
        // the speakers are outside of the cluster: acknowledged blocks must arrive, whichever silo dies
        foreach (var stream in streams) await silos.Client.GetGrain<ISpeaker>(stream).SpeakAsync(50, 100);
        await silos.KillSiloAsync(silos.Silos[1]);
        foreach (var stream in streams) await SpeakAgainAsync(silos, stream);
        foreach (var stream in streams)
        {
            var received = all.By(stream);
            await Eventually.HoldsAsync(() => received.Count(n => n == 49) >= 2);
            received.Distinct().Order().ShouldBe(Enumerable.Range(0, 50));
        }

        static async Task SpeakAgainAsync(InProcessTestCluster silos, string stream)
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    await silos.Client.GetGrain<ISpeaker>(stream).SpeakAsync(50, 100);
                    return;
                }
                catch (Exception e) when (attempt < 600 && e is SiloUnavailableException or OrleansMessageRejectionException)
                {
                    await Task.Delay(200);
                }
            }
        }
    }
}

[Alias("test.ISpeaker")]
public interface ISpeaker : IGrainWithStringKey
{
    /// <summary>Publishes 0, 1, … on the stream of the speaker's name, each with so many bytes beside it.</summary>
    [Alias("Speak")]
    Task SpeakAsync(int count, int bytes);
}

[Alias("test.IListener")]
public interface IListener : IGrainWithStringKey
{
    [Alias("Listen")]
    Task ListenAsync(string stream, TimeSpan speed);
}

[GenerateSerializer, Immutable, Alias("test.Said")]
public sealed record Said([property: Id(0)] int Number, [property: Id(1)] byte[] Ballast);

public sealed class Speaker : Grain, ISpeaker
{
    public async Task SpeakAsync(int count, int bytes)
    {
        var stream = this.GetStreamProvider(ClusterProviders.Blocks).GetStream<Said>(StreamId.Create("test", this.GetPrimaryKeyString()));
        for (var i = 0; i < count; i++) await stream.OnNextAsync(new Said(i, new byte[bytes]));
    }
}

public sealed class Listener(ReceivedEvents all) : Grain, IListener
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // a grain that was lost with its silo must take its subscriptions up again, or its events are dropped
        var stream = this.GetStreamProvider(ClusterProviders.Blocks)
            .GetStream<Said>(StreamId.Create("test", this.GetPrimaryKeyString().Split('/')[0]));
        foreach (var handle in await stream.GetAllSubscriptionHandles())
            await handle.ResumeAsync((said, _) => OnBarsAsync(said, TimeSpan.Zero));
    }

    public async Task ListenAsync(string stream, TimeSpan speed) =>
        await this.GetStreamProvider(ClusterProviders.Blocks).GetStream<Said>(StreamId.Create("test", stream))
            .SubscribeAsync((said, _) => OnBarsAsync(said, speed));

    private async Task OnBarsAsync(Said said, TimeSpan speed)
    {
        if (speed > TimeSpan.Zero) await Task.Delay(speed);
        all.By(this.GetPrimaryKeyString()).Enqueue(said.Number);
    }
}

/// <summary>What the listeners of a cluster received, whichever of its silos they were on.</summary>
public sealed class ReceivedEvents
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> _all = new(StringComparer.Ordinal);

    public ConcurrentQueue<int> By(string listener) => _all.GetOrAdd(listener, _ => new());
}
