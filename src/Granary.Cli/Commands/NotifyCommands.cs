using System.CommandLine;
using Granary.Engine;
using Granary.Notifications;

namespace Granary.Cli.Commands;

/// <summary><c>granary notify test</c>: tests the channels of a server's notifications.</summary>
internal static class NotifyCommands
{
    public static Command Create() => new("notify", "Notifications of a server.") { Test() };

    private static Command Test()
    {
        var file = new Option<string>("--notifications") { Required = true, Description = "the file of channels and rules" };
        var only = new Option<string?>("--to") { Description = "test only this channel (all)", HelpName = "NAME" };
        var test = new Command("test", "Check the file, and send a test notification to its channels.") { file, only };
        test.SetAction(async (call, token) =>
        {
            var settings = NotificationSettings.Read(call.GetValue(file)!);
            var name = call.GetValue(only);
            if (name is not null && settings.Find(name) is null)
                throw new InputException($"--to {name}: the channels are {string.Join(", ", settings.Channels.Select(c => c.Name))}");
            return await SendAsync([.. settings.Channels.Where(c => name is null || c.Name == name)], token);
        });
        return test;
    }

    private static async Task<int> SendAsync(IReadOnlyList<IChannel> channels, CancellationToken cancellationToken)
    {
        var failed = 0;
        foreach (var channel in channels)
        {
            var result = await ChannelTest.SendAsync(channel, TimeProvider.System, cancellationToken);
            if (result.Delivered) Console.WriteLine($"{channel.Name}: delivered, {result.Answer}");
            else
            {
                CommandLine.Complain($"{channel.Name} ({channel.Kind}): {result.Fault}");
                failed++;
            }
        }
        return failed == 0 ? 0 : CommandLine.Failed;
    }
}
