using System.CommandLine;
using Granary.Server.Access;

namespace Granary.Cli.Commands;

/// <summary><c>granary setup compose</c>: the secrets of a new deployment.</summary>
internal static class SetupCommands
{
    public static Command Create() => new("setup", "Prepare a deployment.") { Compose() };

    private static Command Compose()
    {
        var folder = new Option<string>("--in")
        {
            DefaultValueFactory = _ => ".",
            Description = "the folder with docker-compose.yml",
        };
        var profile = new Option<string>("--profile")
        {
            DefaultValueFactory = _ => ComposeSetup.Profiles[0],
            Description = "what 'docker compose up' starts: small (one silo and PostgreSQL) or full (two silos, streams and monitoring)",
        };
        var command = new Command("compose", "Make the passwords and the first API keys of docker-compose.yml, in the file .env.")
        {
            folder, profile,
        };
        command.SetAction(async (call, token) =>
        {
            var setup = await ComposeSetup.CreateAsync(call.GetValue(folder)!, call.GetValue(profile)!, TimeProvider.System, token);
            Console.WriteLine($"{setup.Environment}: passwords, the API key of admin and that of prometheus; only you may read it");
            Console.WriteLine($"{setup.Keys}: the hashes of the keys");
            Console.WriteLine("Start it:      docker compose up --build -d");
            Console.WriteLine($"Use the key:   export GRANARY_KEY=$(sed -n 's/^GRANARY_KEY=//p' {setup.Environment})");
            Console.WriteLine("First batch:   granary backtest samples/quickstart.json --host http://127.0.0.1:8080");
            return 0;
        });
        return command;
    }
}
