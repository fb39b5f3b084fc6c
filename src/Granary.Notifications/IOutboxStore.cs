using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Notifications;

/// <summary>Storage of an <see cref="Outbox"/>. Writes are durable when the call returns.</summary>
internal interface IOutboxStore
{
    /// <summary>Returns all deliveries, unordered.</summary>
    IReadOnlyList<Delivery> All();

    /// <summary>Returns a delivery; null if it does not exist.</summary>
    Delivery? Find(string id);

    /// <returns>False if the store already has the delivery.</returns>
    bool TryAdd(Delivery delivery);

    /// <summary>Replaces the delivery with the same id.</summary>
    void Replace(Delivery delivery);

    void Remove(string id);

    /// <summary>Takes a lease that lets only one process do something, until it is disposed of or the process ends.</summary>
    /// <param name="name">The id of the delivery, or the name of the channel or account.</param>
    /// <returns>Null if another process holds the lease.</returns>
    IDisposable? Lease(string name, LeaseKind kind);

    /// <summary>The last journal entry of an account that was compared with the rules; null before the first.</summary>
    JournalCursor? Cursor(string account);

    /// <summary>Stores what <see cref="Cursor"/> returns.</summary>
    void SetCursor(string account, JournalCursor cursor);

    /// <summary>The time up to which ended jobs were checked, UTC; null before the first check.</summary>
    DateTimeOffset? Since { get; set; }
}

/// <summary>The purpose of a lease of an <see cref="IOutboxStore"/>.</summary>
internal enum LeaseKind
{
    /// <summary>One attempt of a delivery.</summary>
    Delivery,

    /// <summary>The choice of the messages of a channel.</summary>
    Channel,

    /// <summary>The reading of an account's journal.</summary>
    Account,
}

/// <summary>A place in the journal of an account.</summary>
/// <param name="Sequence">The number of the entry.</param>
/// <param name="At">When the entry was recorded, UTC.</param>
internal sealed record JournalCursor(long Sequence, DateTimeOffset At);

/// <summary>Opens the stores of a server's notifications.</summary>
internal static class OutboxStores
{
    /// <summary>The JSON format of deliveries.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <param name="connection">The connection string of a PostgreSQL database, for Npgsql; null for the folder.</param>
    /// <param name="folder">The folder of the deliveries without a database.</param>
    /// <exception cref="Npgsql.NpgsqlException">The server cannot be reached or refuses the connection.</exception>
    public static IOutboxStore Open(string? connection, string folder) =>
        connection is null ? new FileOutboxStore(folder) : new PostgresOutboxStore(connection);

    /// <inheritdoc cref="Open"/>
    public static IRuleStore OpenRules(string? connection, string folder) =>
        connection is null ? new FileRuleStore(folder) : new PostgresRuleStore(connection);
}
