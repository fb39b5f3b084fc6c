using System.CommandLine;
using Granary.Api.Health;

namespace Granary.Cli.Commands;

/// <summary><c>granary health</c>: whether a server is ready, as the health check of a container asks.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        var url = new Argument<string?>("URL")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = $"the server's address ({HealthProbe.UrlsVariable}, or http://127.0.0.1:8080)",
        };
        var command = new Command("health", "Ask whether a server is ready: exit code 0 if it is, 1 with the reason if not.") { url };
        command.SetAction(call =>
            HealthProbe.AskAsync("granary", call.GetValue(url), Environment.GetEnvironmentVariable, Console.Error));
        return command;
    }
}
