using System.Text.Json;
using Granary.Postgres.Migrations;

namespace Granary.Notifications;

/// <summary>
/// Stores deliveries in PostgreSQL, in the schema <c>notifications</c>, so they survive the loss of a silo's disk. A lease ends after
/// two minutes, longer than an attempt, so another silo can take over the deliveries of a lost one.
/// </summary>
internal sealed class PostgresOutboxStore : IOutboxStore
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

    public JournalCursor? Cursor(string account) => _tables.Rows(
        "SELECT sequence, at FROM granary_delivery_cursor WHERE account = $1",
        r => new JournalCursor(r.GetInt64(0), r.GetFieldValue<DateTimeOffset>(1)), account) is [var found] ? found : null;

    public void SetCursor(string account, JournalCursor cursor) => _tables.Execute("INSERT INTO granary_delivery_cursor (account, sequence, at) "
        + "VALUES ($1, $2, $3) ON CONFLICT (account) DO UPDATE SET sequence = $2, at = $3", account, cursor.Sequence,
        cursor.At.ToUniversalTime());

    public IDisposable? Lease(string name, LeaseKind kind) => kind == LeaseKind.Delivery
        ? Held("UPDATE granary_delivery SET leased_until = now() + interval '2 minutes' "
            + "WHERE id = $1 AND (leased_until IS NULL OR leased_until < now())",
            "UPDATE granary_delivery SET leased_until = NULL WHERE id = $1", name)
        : Held("INSERT INTO granary_delivery_turn AS turn (name, leased_until) VALUES ($1, now() + interval '2 minutes') ON CONFLICT (name) "
            + "DO UPDATE SET leased_until = excluded.leased_until WHERE turn.leased_until < now()",
            "DELETE FROM granary_delivery_turn WHERE name = $1", $"{kind.ToString().ToLowerInvariant()} {name}");

    private HeldLease? Held(string take, string free, string name) => _tables.Execute(take, name) == 1 ? new(_tables, free, name) : null;

    private static byte[] Write(Delivery delivery) => JsonSerializer.SerializeToUtf8Bytes(delivery, OutboxStores.Json);

    private static Delivery Read(byte[] document) => JsonSerializer.Deserialize<Delivery>(document, OutboxStores.Json)!;

    private sealed class HeldLease(SchemaDatabase tables, string free, string name) : IDisposable
    {
        public void Dispose() => tables.Execute(free, name);
    }
}
