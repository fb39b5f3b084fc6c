namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// Two silos with the usual settings, for the tests that lose no silo. Their classes run one after the other.
/// </summary>
[CollectionDefinition]
public sealed class PlainSilos : ICollectionFixture<PlainSilos.Cluster>
{
    public sealed class Cluster : IAsyncLifetime
    {
        internal TestSilos Silos { get; private set; } = null!;

        /// <summary>Batches that several of the classes run: the embedded host runs each of them once.</summary>
        internal TestBatches Batches { get; } = new();

        public async ValueTask InitializeAsync() => Silos = await TestSilos.StartAsync(2);

        public async ValueTask DisposeAsync()
        {
            if (Silos is not null) await Silos.DisposeAsync();
            Batches.Dispose();
        }
    }
}
