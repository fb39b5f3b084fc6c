using Orleans.Hosting;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// Two silos with blocks of a few bars, for the tests of feeds and of work that stops in its middle. Their classes run one after the other.
/// </summary>
[CollectionDefinition]
public sealed class SmallBlocks : ICollectionFixture<SmallBlocks.Cluster>
{
    public const int BlockSize = 16, Ahead = 4;

    public sealed class Cluster : IAsyncLifetime
    {
        internal TestSilos Silos { get; private set; } = null!;

        internal TestBatches Batches { get; } = new();

        /// <summary>What silos request from feeds.</summary>
        internal FeedCalls Feeds { get; } = new();

        /// <summary>Holds the calls to the queues of the stream.</summary>
        internal HungCalls Queues { get; } = new(int.MaxValue, "Enqueue");

        /// <summary>Holds the subscriptions to the stream.</summary>
        internal HungCalls Subscriptions { get; } = new(int.MaxValue, "RegisterConsumer");

        public async ValueTask InitializeAsync() => Silos = await TestSilos.StartAsync(2,
            s => s with { BlockSize = BlockSize, BarsAhead = Ahead * BlockSize }, silo =>
            {
                silo.AddIncomingGrainCallFilter(Feeds);
                silo.AddIncomingGrainCallFilter(Queues);
                silo.AddIncomingGrainCallFilter(Subscriptions);
            });

        public async ValueTask DisposeAsync()
        {
            if (Silos is not null) await Silos.DisposeAsync();
            Batches.Dispose();
        }
    }
}
