using Granary.Api.Access;
using Granary.Application.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Notifications;

/// <summary>The rules of the server's notifications and their deliveries. Both are changed by the operator's file only.</summary>
internal static class NotificationEndpoints
{
    /// <param name="On">The word of the event.</param>
    /// <param name="Threshold">Percent, a number of orders, or seconds; absent for events without one.</param>
    /// <param name="Account">Only this account; absent for all.</param>
    /// <param name="To">Names of webhooks.</param>
    public sealed record RuleEntry(string On, double? Threshold, string? Account, IReadOnlyList<string> To);

    /// <param name="State">pending, delivered or dead (given up).</param>
    /// <param name="NextAt">When the next attempt is due; absent where none is.</param>
    public sealed record DeliveryEntry(string Id, string On, string Subject, string Text, DateTimeOffset At, string Webhook, string State,
        int Attempts, DateTimeOffset? NextAt, string? Fault);

    public static void Map(IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications").ProducesProblem(401).ProducesProblem(403)
            .RequireAuthorization(RolePolicies.Viewer);
        notifications.MapGet("/rules", (HttpContext context) => TypedResults.Ok(
                (context.RequestServices.GetService<NotificationSettings>()?.Rules ?? []).Select(EntryOf).ToList()))
            .WithName("listNotificationRules").WithSummary("The rules of the file of --notifications; empty without one.")
            .Produces<IReadOnlyList<RuleEntry>>();
        notifications.MapGet("/deliveries", (HttpContext context) => TypedResults.Ok(
                (context.RequestServices.GetService<NotificationService>()?.Outbox.List() ?? []).Select(EntryOf).ToList()))
            .WithName("listNotificationDeliveries").WithSummary("The deliveries that wait, and those that ended, the newest first.")
            .WithDescription("A delivery whose state is dead was given up after its last attempt.")
            .Produces<IReadOnlyList<DeliveryEntry>>();
    }

    private static RuleEntry EntryOf(NotificationRule rule) => new(NotificationSettings.WordOf(rule.On),
        rule.Threshold == 0 ? null : rule.Threshold, rule.Account, rule.To);

    private static DeliveryEntry EntryOf(Delivery d) => new(d.Id, NotificationSettings.WordOf(d.Notification.Event), d.Notification.Subject,
        d.Notification.Text, d.Notification.At, d.Webhook, d.State.ToString().ToLowerInvariant(), d.Attempts,
        d.State == DeliveryState.Pending ? d.NextAt : null, d.Fault);
}
