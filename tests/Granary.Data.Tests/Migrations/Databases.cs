using Granary.Postgres.Migrations;
using Granary.Testing;
using Npgsql;

namespace Granary.Data.Tests.Migrations;

/// <summary>One server for all tests of the migrations; each test has its own databases.</summary>
[NeedsPostgres]
public sealed class Databases : IAsyncLifetime
{
    internal PostgresServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PostgresServer.ShareAsync();

    public ValueTask DisposeAsync() => Server is null ? default : Server.DisposeAsync();

    internal async Task<TestDatabase> CreateAsync()
    {
        var name = "m_" + Guid.NewGuid().ToString("N")[..12];
        return new TestDatabase(Server, name, await Server.CreateDatabaseAsync(name));
    }
}

internal sealed record TestDatabase(PostgresServer Server, string Name, string Connection)
{
    /// <summary>Runs SQL as the owner of the database; gives what psql printed.</summary>
    public async Task<string> SqlAsync(string sql) => (await Server.SqlAsync(Name, sql)).Trim();

    /// <summary>Runs SQL as the superuser.</summary>
    public Task AdministerAsync(string sql) => Server.AdministerAsync(Name, sql);

    /// <summary>Runs the migrations of a schema as a process of its own would: over a new connection.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(DatabaseSchema schema, string? user = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(schema.Connect(Connection)) { Pooling = false };
        if (user is not null) settings.Username = user;
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return await MigrationRunner.ApplyAsync(connection, schema);
    }

    /// <summary>Tables and views by schema, without those of PostgreSQL.</summary>
    public Task<string> RelationsAsync(string schema) => SqlAsync($"""
        SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
          WHERE nspname = '{schema}' AND relkind IN ('r', 'v')
        """);
}
