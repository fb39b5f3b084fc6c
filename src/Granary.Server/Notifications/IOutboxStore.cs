using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Server.Notifications;

/// <summary>Storage of an <see cref="Outbox"/>. Writes are durable when the call returns.</summary>
public interface IOutboxStore
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

    /// <summary>Takes a lease that lets only one process attempt a delivery, until it is disposed of or the process ends.</summary>
    /// <returns>Null if another process holds the lease.</returns>
    IDisposable? Lease(string id);

    /// <summary>The time up to which ended jobs were checked, UTC; null before the first check.</summary>
    DateTimeOffset? Since { get; set; }
}

/// <summary>Opens the stores of a server's notifications.</summary>
public static class OutboxStores
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
