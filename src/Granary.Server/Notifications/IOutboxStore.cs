using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Server.Notifications;

/// <summary>Where an <see cref="Outbox"/> keeps its deliveries. What a call has written is durable.</summary>
public interface IOutboxStore
{
    /// <summary>All deliveries, in no order.</summary>
    IReadOnlyList<Delivery> All();

    /// <summary>A delivery; null where there is none.</summary>
    Delivery? Find(string id);

    /// <returns>False where the store has it.</returns>
    bool TryAdd(Delivery delivery);

    /// <summary>Writes a delivery over the one with its id.</summary>
    void Replace(Delivery delivery);

    void Remove(string id);

    /// <summary>Lets one process at a time attempt a delivery, until the lease is disposed of or the process is gone.</summary>
    /// <returns>null where another one has the lease.</returns>
    IDisposable? Lease(string id);

    /// <summary>The time up to which ended jobs were compared, UTC; null before the first time.</summary>
    DateTimeOffset? Since { get; set; }
}

/// <summary>Opens the store of a server.</summary>
public static class OutboxStores
{
    /// <summary>How deliveries are written.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <param name="connection">Of a PostgreSQL database, as Npgsql takes it; null for the folder.</param>
    /// <param name="folder">Where the deliveries are without a database.</param>
    /// <exception cref="Npgsql.NpgsqlException">The server cannot be reached or refuses.</exception>
    public static IOutboxStore Open(string? connection, string folder) =>
        connection is null ? new FileOutboxStore(folder) : new PostgresOutboxStore(connection);
}
