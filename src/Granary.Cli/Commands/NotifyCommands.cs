using System.CommandLine;
using Granary.Engine;
using Granary.Server.Notifications;

namespace Granary.Cli.Commands;

/// <summary><c>granary notify test</c>: tests the webhooks of a server's notifications.</summary>
internal static class NotifyCommands
{
    public static Command Create() => new("notify", "Notifications of a server.") { Test() };

    private static Command Test()
    {
        var file = new Option<string>("--notifications") { Required = true, Description = "the file of webhooks and rules" };
        var only = new Option<string?>("--webhook") { Description = "test only this webhook (all)" };
        var test = new Command("test", "Check the file, and send a signed test notification to its webhooks.") { file, only };
        test.SetAction(async (call, token) =>
        {
            var settings = NotificationSettings.Read(call.GetValue(file)!);
            var name = call.GetValue(only);
            if (name is not null && settings.Webhooks.All(w => w.Name != name))
                throw new InputException($"--webhook {name}: the webhooks are {string.Join(", ", settings.Webhooks.Select(w => w.Name))}");
            return await SendAsync([.. settings.Webhooks.Where(w => name is null || w.Name == name)], token);
        });
        return test;
    }

    private static async Task<int> SendAsync(IReadOnlyList<Webhook> webhooks, CancellationToken cancellationToken)
    {
        using var sender = new WebhookSender(TimeProvider.System);
        var failed = 0;
        foreach (var webhook in webhooks)
        {
            if (await sender.TestAsync(webhook, cancellationToken) is { } fault)
            {
                CommandLine.Complain($"{webhook.Name}: {webhook.Url} did not take the notification ({fault}); check the "
                    + "address, and the receiver's log");
                failed++;
            }
            else Console.WriteLine($"{webhook.Name}: delivered to {webhook.Url}");
        }
        return failed == 0 ? 0 : CommandLine.Failed;
    }
}
