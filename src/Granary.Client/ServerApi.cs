using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Granary.Contracts.Audit;
using Granary.Contracts.Catalogues;
using Granary.Contracts.Events;
using Granary.Contracts.Notifications;
using Granary.Contracts.Operations;

namespace Granary.Client;

/// <summary>The server itself: its health, changes, catalogues, silos, audit log and notifications.</summary>
public sealed class ServerApi
{
    private readonly ApiConnection _api;

    internal ServerApi(ApiConnection api) => _api = api;

    /// <summary>Whether the server is ready for requests; 503 with the reasons if it is not.</summary>
    public Task<HealthAnswer> ReadyAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<HealthAnswer>($"health/ready", cancellationToken);

    /// <summary>Name and role of the caller's key.</summary>
    public Task<CallerAnswer> CallerAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<CallerAnswer>($"caller", cancellationToken);

    /// <summary>
    /// Changes of jobs, runs, weights, sessions and deployments. The first value has the kind revision and shows that the stream has begun:
    /// read the collections then. After a broken connection the stream continues after the last change. The status 410 means that the
    /// server no longer has all changes.
    /// </summary>
    /// <param name="since">The id of a value of the kind revision; null for changes from now on.</param>
    public IAsyncEnumerable<ChangeEvent> WatchChangesAsync(string? since = null, CancellationToken cancellationToken = default) =>
        _api.WatchAsync($"events?since={since}", ChangeOf, _ => false, cancellationToken);

    /// <summary>The items of a catalogue, with their parameters.</summary>
    public Task<IReadOnlyList<CatalogueItem>> CatalogueAsync(Catalogue catalogue, CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<CatalogueItem>>($"catalogue/{catalogue}", cancellationToken);

    /// <summary>The statistics that a search or a walk-forward can have as its objective.</summary>
    public Task<IReadOnlyList<CatalogueObjective>> ObjectivesAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<CatalogueObjective>>($"catalogue/objectives", cancellationToken);

    /// <summary>The newest runs, each with the reason why a kind of job cannot take it.</summary>
    /// <param name="key">The key of the job's request that names a run, or batch.</param>
    /// <param name="chosen">The ids of the runs that the key has already, with commas between.</param>
    public Task<IReadOnlyList<RunChoice>> RunsForJobAsync(string kind, string key, string? chosen = null,
        CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<RunChoice>>($"catalogue/jobs/{kind}/runs?key={key}&chosen={chosen}", cancellationToken);

    /// <summary>The JSON schema of batch files.</summary>
    public Task<JsonObject> BatchSchemaAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<JsonObject>($"catalogue/schemas/batch", cancellationToken);

    /// <summary>The silos of a cluster and its work.</summary>
    public Task<ClusterState> ClusterAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<ClusterState>($"cluster", cancellationToken);

    /// <summary>Commands a silo to drain, to take work again, or to retire.</summary>
    /// <returns>The silo's state before the command.</returns>
    public Task<SiloState> CommandSiloAsync(string silo, SiloCommand command, CancellationToken cancellationToken = default) =>
        _api.PostAsync<SiloState>($"cluster/silos/{silo}/{command}", null, cancellationToken);

    /// <summary>Changes of state of the server, the newest first.</summary>
    public IAsyncEnumerable<AuditEntry> AuditAsync(CancellationToken cancellationToken = default) =>
        _api.PagesAsync<AuditPage, AuditEntry>(cursor => $"audit?cursor={cursor}", cancellationToken);

    /// <summary>The rules of the server's notifications.</summary>
    public Task<IReadOnlyList<RuleEntry>> NotificationRulesAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<RuleEntry>>($"notifications/rules", cancellationToken);

    /// <summary>The rules with their version, the channels, and the events that a rule can have.</summary>
    public Task<NotificationState> NotificationsAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<NotificationState>($"notifications", cancellationToken);

    /// <summary>Replaces the rules; the server refuses it with 412 if another caller was first.</summary>
    /// <param name="replaces">The version that they replace.</param>
    public Task<NotificationState> SetNotificationRulesAsync(NewRules rules, long replaces,
        CancellationToken cancellationToken = default) =>
        _api.SendAsync<NotificationState>(HttpMethod.Put, $"notifications/rules", ApiConnection.Json(rules), cancellationToken,
            "If-Match", ApiConnection.TagOf(replaces));

    /// <summary>Puts the rules of the server's file in force again.</summary>
    /// <param name="replaces">The version that they replace.</param>
    /// <param name="why">The reason, for the audit log.</param>
    public Task<NotificationState> ResetNotificationRulesAsync(long replaces, string why, CancellationToken cancellationToken = default) =>
        _api.SendAsync<NotificationState>(HttpMethod.Delete, $"notifications/rules?why={why}", null, cancellationToken,
            "If-Match", ApiConnection.TagOf(replaces));

    /// <summary>Sends a test notification.</summary>
    /// <param name="to">The channel's name; null for all.</param>
    public Task<IReadOnlyList<TestDelivery>> TestNotificationsAsync(string? to = null, CancellationToken cancellationToken = default) =>
        _api.PostAsync<IReadOnlyList<TestDelivery>>($"notifications/test", ApiConnection.Json(new NewTest(to)), cancellationToken);

    /// <summary>Deliveries of notifications, the newest first.</summary>
    public Task<IReadOnlyList<DeliveryEntry>> NotificationDeliveriesAsync(CancellationToken cancellationToken = default) =>
        _api.GetAsync<IReadOnlyList<DeliveryEntry>>($"notifications/deliveries", cancellationToken);

    // The data of a revision are empty; its id continues the stream.
    private static ChangeEvent ChangeOf(SseItem<string> item) => item.EventType == "revision"
        ? new ChangeEvent(item.EventType, item.EventId ?? "", "", default) : ApiConnection.ValueOf<ChangeEvent>(item);
}
