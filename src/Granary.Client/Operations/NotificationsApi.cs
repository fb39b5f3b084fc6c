// Generated from docs/openapi.json by GeneratedClientTests.
using Granary.Client.Connections;
using Granary.Client.Schemas;

namespace Granary.Client.Operations;

/// <summary>The operations of Notifications.</summary>
public sealed class NotificationsApi
{
    private readonly ApiConnection _connection;

    internal NotificationsApi(ApiConnection connection) => _connection = connection;

    /// <summary>The rules of the file of --notifications; empty without one.</summary>
    /// <remarks>Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<RuleEntry>> ListNotificationRulesAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<RuleEntry>>(new ApiRequest(HttpMethod.Get, "api/v1/notifications/rules"), cancellationToken);

    /// <summary>The deliveries that wait, and those that ended, the newest first.</summary>
    /// <remarks>A delivery whose state is dead was given up after its last attempt. Needs the role viewer.</remarks>
    /// <exception cref="ApiException">The server refused it.</exception>
    public Task<IReadOnlyList<DeliveryEntry>> ListNotificationDeliveriesAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync<IReadOnlyList<DeliveryEntry>>(new ApiRequest(HttpMethod.Get, "api/v1/notifications/deliveries"),
            cancellationToken);
}
