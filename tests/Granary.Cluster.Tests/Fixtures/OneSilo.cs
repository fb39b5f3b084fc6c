using Granary.Testing;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>A silo in a process of its own with the usual options, which no test stops.</summary>
[CollectionDefinition]
public sealed class OneSilo : ICollectionFixture<OneSilo.Running>
{
    [NeedsPostgres]
    public sealed class Running : IAsyncLifetime
    {
        internal PostgresServer Postgres { get; private set; } = null!;

        /// <summary>Of the database of its cluster.</summary>
        internal string Connection { get; private set; } = null!;

        /// <summary>Of its HTTP API, for other silos, and for clients.</summary>
        internal int[] Ports { get; } = FreePorts.Take(3);

        internal SiloProcess Silo { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Postgres = await PostgresServer.ShareAsync();
            Connection = await Postgres.CreateDatabaseAsync();
            Silo = SiloProcess.Launch(Connection, "granary", Ports, new Dictionary<string, string>());
            await Silo.ReadyAsync();
        }

        public async ValueTask DisposeAsync()
        {
            if (Silo is not null) await Silo.DisposeAsync();
            if (Postgres is not null) await Postgres.DisposeAsync();
        }
    }
}
