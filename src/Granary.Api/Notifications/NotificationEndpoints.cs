using Granary.Api.Access;
using Granary.Contracts.Notifications;
using Granary.Server.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Notifications;

/// <summary>The rules of the server's notifications and their deliveries. Only the operator's file changes the rules.</summary>
internal static class NotificationEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications").ProducesProblem(401).ProducesProblem(403)
            .RequireAuthorization(RolePolicies.Viewer);
        notifications.MapGet("/rules", (HttpContext context) => TypedResults.Ok(
                (context.RequestServices.GetService<NotificationSettings>()?.Rules ?? []).Select(EntryOf).ToList()))
            .WithName("listNotificationRules").WithSummary("The rules in the file of --notifications; empty without a file.")
            .Produces<IReadOnlyList<RuleEntry>>();
        notifications.MapGet("/deliveries", (HttpContext context) => TypedResults.Ok(
                (context.RequestServices.GetService<NotificationService>()?.Outbox.List() ?? []).Select(EntryOf).ToList()))
            .WithName("listNotificationDeliveries").WithSummary("The pending, delivered and abandoned deliveries, the newest first.")
            .WithDescription("A delivery with the state dead was abandoned after its last attempt.")
            .Produces<IReadOnlyList<DeliveryEntry>>();
    }

    private static RuleEntry EntryOf(NotificationRule rule) => new(NotificationSettings.WordOf(rule.On),
        rule.Threshold == 0 ? null : rule.Threshold, rule.Account, rule.To);

    private static DeliveryEntry EntryOf(Delivery d) => new(d.Id, NotificationSettings.WordOf(d.Notification.Event), d.Notification.Subject,
        d.Notification.Text, d.Notification.At, d.Webhook, d.State.ToString().ToLowerInvariant(), d.Attempts,
        d.State == DeliveryState.Pending ? d.NextAt : null, d.Fault);
}
