using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Postgres.Migrations;

namespace Granary.Notifications;

/// <summary>Stores the rules in PostgreSQL, in the schema <c>notifications</c>, for all silos of a cluster.</summary>
internal sealed class PostgresRuleStore : IRuleStore
{
    private readonly SchemaDatabase _tables;

    /// <inheritdoc cref="PostgresOutboxStore(string)"/>
    public PostgresRuleStore(string connection) => _tables = new(connection, DatabaseSchema.Notifications);

    /// <inheritdoc/>
    public NotificationRules? Find() => _tables.Rows("SELECT document FROM granary_notification_rules",
        r => JsonSerializer.Deserialize<NotificationRules>(r.GetFieldValue<byte[]>(0), JobJson.Options)!) is [var found] ? found : null;

    /// <inheritdoc/>
    public bool TryReplace(long expected, NotificationRules next)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(next, JobJson.Options);
        return (expected == 0
            ? _tables.Execute("INSERT INTO granary_notification_rules (version, document) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                next.Version, document)
            : _tables.Execute("UPDATE granary_notification_rules SET version = $1, document = $2 WHERE version = $3", next.Version,
                document, expected)) == 1;
    }
}
