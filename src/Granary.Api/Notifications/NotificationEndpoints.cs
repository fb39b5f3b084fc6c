using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Contracts.Notifications;
using Granary.Engine;
using Granary.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Notifications;

/// <summary>Rules of the server's notifications, tests and deliveries. Only the operator's file has addresses and secrets.</summary>
internal static class NotificationEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications").ProducesProblem(401).ProducesProblem(403);
        notifications.MapGet("", (HttpContext context) =>
            {
                var state = StateOf(context.RequestServices.GetService<NotificationService>());
                context.Response.Headers.ETag = VersionTag.Of(state.Version);
                return TypedResults.Ok(state);
            })
            .RequireAuthorization(RolePolicies.Viewer).WithName("getNotifications")
            .WithSummary("The rules of notifications with their version, the channels, and the events that a rule can have.")
            .WithDescription("The version is also the ETag. Addresses and secrets of channels are never shown.")
            .Produces<NotificationState>();
        notifications.MapGet("/rules", (HttpContext context) =>
            {
                var state = StateOf(context.RequestServices.GetService<NotificationService>());
                context.Response.Headers.ETag = VersionTag.Of(state.Version);
                return TypedResults.Ok(state.Rules);
            })
            .RequireAuthorization(RolePolicies.Viewer).WithName("listNotificationRules")
            .WithSummary("The rules in force; their version is the ETag. Empty on a server without --notifications.")
            .Produces<IReadOnlyList<RuleEntry>>();
        notifications.MapPut("/rules", (NewRules body, HttpContext context, ClaimsPrincipal user) =>
                Replace(context, body.Rules ?? throw new InputException("'rules' is missing: send { \"rules\": [ … ], \"why\": \"…\" }"),
                    user, body.Why))
            .RequireAuthorization(RolePolicies.Admin).WithName("setNotificationRules").WithSummary("Replace the rules.")
            .WithDescription("Send If-Match with the ETag of the rules that the change replaces. 428: the header is missing; 412: another "
                + "caller has changed the rules. The rules are in force from the next check on, at most five seconds later, on all silos, "
                + "and after a restart.").ProducesChange();
        notifications.MapDelete("/rules", (HttpContext context, ClaimsPrincipal user, string? why) => Replace(context, null, user, why))
            .RequireAuthorization(RolePolicies.Admin).WithName("resetNotificationRules")
            .WithSummary("Put the rules of the file of --notifications in force again.")
            .WithDescription("Send If-Match as for setNotificationRules.").ProducesChange();
        notifications.MapPost("/test", TestAsync).RequireAuthorization(RolePolicies.Admin).WithName("testNotifications")
            .WithSummary("Send a test notification to a channel, or to all.")
            .WithDescription("The answer has what the receiver said, or why it did not take the test, in one sentence.")
            .Produces<IReadOnlyList<TestDelivery>>().ProducesProblem(400).ProducesProblem(409);
        notifications.MapGet("/deliveries", (HttpContext context) => TypedResults.Ok(
                (context.RequestServices.GetService<NotificationService>()?.Outbox.List() ?? []).Select(EntryOf).ToList()))
            .RequireAuthorization(RolePolicies.Viewer)
            .WithName("listNotificationDeliveries").WithSummary("The pending, delivered and abandoned deliveries, the newest first.")
            .WithDescription("A delivery with the state dead was abandoned: after its last attempt, or because the receiver refused it for good. One "
                + "with the state collected is a part of a digest, which has a delivery of its own.")
            .Produces<IReadOnlyList<DeliveryEntry>>();
    }

    private static IResult Replace(HttpContext context, IReadOnlyList<RuleEntry?>? rules, ClaimsPrincipal user, string? why)
    {
        if (context.RequestServices.GetService<NotificationService>() is not { } service) return NotConfigured();
        var match = context.Request.Headers.IfMatch;
        if (match.Count == 0)
            return Problem.Of(StatusCodes.Status428PreconditionRequired, "Say what you replace",
                "send If-Match with the ETag of the rules that you read");
        if (VersionTag.Read(match.ToString()) is not { } expected
            || !service.Book.TryReplace(expected, rules, RolePolicies.NameOf(user), why ?? ""))
            return Problem.Of(StatusCodes.Status412PreconditionFailed, "Changed in the meantime",
                $"the rules are in version {service.Book.Read().Stored.Version}, not {match}; read them again and decide again");
        var state = StateOf(service);
        context.Response.Headers.ETag = VersionTag.Of(state.Version);
        return TypedResults.Ok(state);
    }

    private static async Task<IResult> TestAsync(NewTest body, HttpContext context, CancellationToken cancellationToken)
    {
        if (context.RequestServices.GetService<NotificationService>() is not { } service) return NotConfigured();
        var all = service.Settings.Channels;
        var wanted = all.Where(c => body.To is null || c.Name == body.To).ToList();
        if (wanted.Count == 0)
            throw new InputException(all.Count == 0 ? "the file of --notifications has no channel; add one"
                : $"to: there is no channel '{body.To}'; the channels are {string.Join(", ", all.Select(c => c.Name))}");
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        return TypedResults.Ok<IReadOnlyList<TestDelivery>>(await Task.WhenAll(wanted.Select(
            c => ChannelTest.SendAsync(c, clock, cancellationToken))).ConfigureAwait(false));
    }

    private static RouteHandlerBuilder ProducesChange(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<NotificationState>().ProducesProblem(400).ProducesProblem(409).ProducesProblem(412).ProducesProblem(428);

    private static IResult NotConfigured() => Problem.Of(StatusCodes.Status409Conflict, "No channels",
        "this server was started without --notifications; start it with a file that has the channels");

    private static NotificationState StateOf(NotificationService? service)
    {
        List<EventEntry> events = [.. NotificationSettings.Events.Select(e =>
            new EventEntry(e.Word, e.Key, e.Default == 0 ? null : e.Default, NotificationRule.IsOfAccount(e.Event),
                NotificationRule.IsUrgent(e.Event)))];
        if (service is null) return new NotificationState(false, [], 0, null, [], events);
        var (stored, rules) = service.Book.Read();
        return new NotificationState(true, [.. rules.Select(EntryOf)], stored.Version, stored.Change,
            [.. service.Settings.Channels.Select(EntryOf)], events);
    }

    private static RuleEntry EntryOf(NotificationRule rule) => new(NotificationSettings.WordOf(rule.On),
        rule.Threshold == 0 ? null : rule.Threshold, rule.Account, rule.To,
        rule.Every is { } every ? SendLimit.WriteEvery(every) : null, rule.Symbol);

    private static ChannelEntry EntryOf(IChannel channel) => new(channel.Name, channel.Kind, channel.Host,
        channel.Limit.Every is { } every ? SendLimit.WriteEvery(every) : null, channel.Limit.WriteMost(), channel.Limit.Quiet?.Write());

    private static DeliveryEntry EntryOf(Delivery d) => new(d.Id, NotificationSettings.WordOf(d.Notification.Event), d.Notification.Subject,
        d.Notification.Text, d.Notification.At, d.Channel, d.State.ToString().ToLowerInvariant(), d.Attempts,
        d.State == DeliveryState.Pending ? d.NextAt : null, d.Fault);
}
