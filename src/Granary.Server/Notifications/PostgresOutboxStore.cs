using System.Text.Json;
using Granary.Storage.Migrations;

namespace Granary.Server.Notifications;

/// <summary>
/// Stores deliveries in PostgreSQL, in the schema <c>notifications</c>, so that they survive the loss of a silo's disk. A lease ends after
/// two minutes, longer than an attempt, so that another silo can take over the deliveries of a lost one.
/// </summary>
public sealed class PostgresOutboxStore : IOutboxStore
{
    private readonly SchemaDatabase _tables;

    /// <param name="connection">The connection string for Npgsql.</param>
    /// <exception cref="Npgsql.NpgsqlException">The server cannot be reached or refuses the connection.</exception>
    /// <exception cref="MigrationException">The database has a newer schema version, or the user may not create the tables.</exception>
    public PostgresOutboxStore(string connection) => _tables = new(connection, DatabaseSchema.Notifications);

    public DateTimeOffset? Since
    {
        get => _tables.Rows("SELECT at FROM granary_delivery_since", r => r.GetFieldValue<DateTimeOffset>(0)) is [var since] ? since : null;
        set => _tables.Execute("INSERT INTO granary_delivery_since (at) VALUES ($1) ON CONFLICT (one) DO UPDATE SET at = $1",
            value!.Value.ToUniversalTime());
    }

    public IReadOnlyList<Delivery> All() => _tables.Rows("SELECT document FROM granary_delivery", r => Read(r.GetFieldValue<byte[]>(0)));

    public Delivery? Find(string id) =>
        _tables.Rows("SELECT document FROM granary_delivery WHERE id = $1", r => Read(r.GetFieldValue<byte[]>(0)), id) is [var found]
            ? found : null;

    public bool TryAdd(Delivery delivery) => _tables.Execute(
        "INSERT INTO granary_delivery (id, document) VALUES ($1, $2) ON CONFLICT DO NOTHING", delivery.Id, Write(delivery)) == 1;

    public void Replace(Delivery delivery) =>
        _tables.Execute("UPDATE granary_delivery SET document = $2 WHERE id = $1", delivery.Id, Write(delivery));

    public void Remove(string id) => _tables.Execute("DELETE FROM granary_delivery WHERE id = $1", id);

    public IDisposable? Lease(string id) => _tables.Execute("UPDATE granary_delivery SET leased_until = now() + interval '2 minutes' "
        + "WHERE id = $1 AND (leased_until IS NULL OR leased_until < now())", id) == 1 ? new HeldLease(_tables, id) : null;

    private static byte[] Write(Delivery delivery) => JsonSerializer.SerializeToUtf8Bytes(delivery, OutboxStores.Json);

    private static Delivery Read(byte[] document) => JsonSerializer.Deserialize<Delivery>(document, OutboxStores.Json)!;

    private sealed class HeldLease(SchemaDatabase tables, string id) : IDisposable
    {
        public void Dispose() => tables.Execute("UPDATE granary_delivery SET leased_until = NULL WHERE id = $1", id);
    }
}
