using System.CommandLine;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Contracts.Operations;
using Granary.Reporting.Runs;
using Granary.Server.Operations;

namespace Granary.Cli.Commands;

/// <summary><c>granary cluster …</c>: the status of the silos of a cluster, and commands to drain and retire them.</summary>
internal sealed class ClusterCommands(CompositionRoot root)
{
    private readonly Option<string> _host = new("--host")
    {
        Required = true,
        Recursive = true,
        Description = "addresses of silos, such as http://a:8080,http://b:8080",
    };

    public static Command Create(CompositionRoot root)
    {
        var commands = new ClusterCommands(root);
        return new Command("cluster", "The silos of a cluster: status, drain, resume, retire.")
        {
            commands._host, commands.Status(),
            commands.For(SiloCommand.Drain, "Let a silo finish its strategy groups and take no new ones."),
            commands.For(SiloCommand.Resume, "Let a draining silo take work again."),
            commands.For(SiloCommand.Retire, "End a silo: others take its work and its sessions, and its process exits with 0."),
        };
    }

    private Command Status()
    {
        var json = new Option<bool>("--json") { Description = "the status as JSON" };
        var status = new Command("status", "List silos, versions, activations, batches and sessions.") { json };
        status.SetAction(async (call, token) =>
        {
            using var client = root.Server(call.GetValue(_host)!);
            var cluster = await client.ClusterAsync(token);
            if (call.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(cluster, JobJson.Options));
            else Write(cluster);
            return 0;
        });
        return status;
    }

    private static void Write(ClusterState cluster)
    {
        Console.WriteLine($"cluster {cluster.Id}: {Counted.Of(cluster.Silos.Count, "silo")}, "
            + $"{Counted.Of(cluster.Running.Count, "running job")}, {Counted.Of(cluster.Queued.Count, "waiting job")}, "
            + Counted.Of(cluster.Sessions.Count, "session"));
        foreach (var silo in cluster.Silos)
            Console.WriteLine($"  {silo.Name}  {silo.Address}  {silo.Status}{(silo.Draining ? ", draining" : "")}  "
                + (silo.Version is null ? "does not answer"
                    : $"version {silo.Version}, {Counted.Of(silo.Threads, "thread")}, "
                        + $"{Counted.Of(silo.Groups, "strategy group")}, {Counted.Of(silo.Activations, "activation")}"));
        foreach (var batch in cluster.Running) Console.WriteLine($"  runs   {batch}");
        foreach (var batch in cluster.Queued) Console.WriteLine($"  waits  {batch}");
        foreach (var session in cluster.Sessions) Console.WriteLine($"  trades {session}");
    }

    private Command For(SiloCommand kind, string sentence)
    {
        var name = new Argument<string>("SILO") { Description = "name of the silo, as 'cluster status' lists it" };
        var verb = kind.ToString().ToLowerInvariant();
        var command = new Command(verb, sentence) { name };
        command.SetAction(async (call, token) =>
        {
            using var client = root.Server(call.GetValue(_host)!);
            var silo = await client.CommandSiloAsync(call.GetValue(name)!, kind, token);
            Console.WriteLine($"{silo.Name}: {verb} ordered; {silo.Groups} strategy groups still run");
            return 0;
        });
        return command;
    }
}
