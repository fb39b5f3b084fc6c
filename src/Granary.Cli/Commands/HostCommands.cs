using System.CommandLine;
using Granary.Api;
using Granary.Api.Hosting;
using Granary.Application.Access;
using Granary.Application.Json;
using Granary.Application.NewProjects;
using Granary.Application.Simulation;
using Granary.Application.Submissions;
using Granary.Application.Validation;
using Granary.Cli.Tables;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Cli.Commands;

/// <summary>serve, keys, new, doctor.</summary>
internal static class HostCommands
{
    public static Command Serve(CompositionRoot root)
    {
        var urls = new Option<string>("--urls")
        {
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
            Description = "addresses to listen on"
        };
        var runs = new Option<string>("--runs")
        {
            DefaultValueFactory = _ => "runs",
            Description = "the folder of the runs, accounts and sessions"
        };
        var keys = new Option<string?>("--keys") { Description = "the file of API keys; without one only this machine may call" };
        var threads = new Option<int>("--threads")
        {
            DefaultValueFactory = _ => Environment.ProcessorCount,
            Description = "threads to use (all)"
        };
        var state = new Option<string[]>("--state")
        {
            DefaultValueFactory = _ => [],
            Description = "the --state of a live session to show (a folder, or postgres://…?account=NAME); several times for several"
        };
        var command = new Command("serve", "Serve the HTTP API: batches, weights, live sessions and accounts.")
        {
            urls, runs, keys, threads, state,
        };
        command.SetAction(async (call, token) =>
        {
            var count = call.GetValue(threads);
            if (count is < 1 or > 1024) throw new InputException($"--threads {count} is out of range: 1 … 1024");
            var access = call.GetValue(keys) is { } file ? ApiKeys.Open(file) : null;
            foreach (var url in call.GetValue(urls)!.Split(';'))
                if (access is null && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.IsLoopback))
                    throw new InputException($"--urls {url}: without keys the server listens on this machine only; use "
                        + $"http://127.0.0.1:PORT, or give --keys FILE (granary keys add makes one)");
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls(call.GetValue(urls)!);
            builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
            builder.Services.AddGranaryApi(new ApiSettings { Keys = access, Accounts = call.GetValue(state)! }, root.Catalogues(call));
            builder.Services.AddLocalBatches(call.GetValue(runs)!,
                _ => new HostedRunner(new EmbeddedHost(count), TimeProvider.System, count, TrialLedger.OfUser()));
            builder.Services.AddLocalSessions(call.GetValue(runs)!);
            await using var app = builder.Build();
            app.UseGranaryApi();
            return await ListenAsync(app, call.GetValue(urls)!, token);
        });
        return command;
    }

    // Until it is stopped; the sessions of the server continue with the next one.
    private static async Task<int> ListenAsync(WebApplication app, string urls, CancellationToken token)
    {
        try
        {
            await app.StartAsync(token);
        }
        catch (IOException e)
        {
            CommandLine.Complain($"--urls {urls}: {e.Message.TrimEnd('.')}; choose another port");
            return CommandLine.Failed;
        }
        Console.WriteLine($"Granary listens on {string.Join(", ", app.Urls)}; Ctrl-C stops it");
        try
        {
            await Task.Delay(Timeout.Infinite, token);
        }
        catch (OperationCanceledException)
        {
            await app.StopAsync(CancellationToken.None);
        }
        return 0;
    }

    public static Command Keys()
    {
        var name = new Argument<string>("NAME") { Description = "whose key it is" };
        var role = new Option<string>("--role") { Required = true, Description = "viewer, submitter or admin" };
        var file = new Option<string>("--file") { Required = true, Description = "the file of keys; made where it is not there" };
        var add = new Command("add", "Make an API key, print it once, and store its hash.") { name, role, file };
        add.SetAction(async (call, token) =>
        {
            if (!Enum.TryParse<Role>(call.GetValue(role), ignoreCase: true, out var granted) || !Enum.IsDefined(granted))
                throw new InputException($"--role {call.GetValue(role)}: use viewer, submitter or admin");
            Console.WriteLine(await ApiKeys.AddAsync(call.GetValue(file)!, call.GetValue(name)!, granted, TimeProvider.System, token));
            return 0;
        });
        return new Command("keys", "API keys of the server.") { add };
    }

    public static Command New(CompositionRoot root)
    {
        var command = new Command("new", "Make a plug-in project that builds and runs, with tests.");
        foreach (var template in PluginTemplate.All)
        {
            var name = new Argument<string>("NAME") { Description = "the class's name, as GoldenHour" };
            var parent = new Option<string>("--in")
            {
                DefaultValueFactory = _ => ".",
                Description = "the folder in which the project's folder is made",
            };
            var kind = new Command(template.Kind, $"Make a {template.Kind}.") { name, parent };
            kind.SetAction(call =>
            {
                foreach (var path in NewPluginProject.Create(template, call.GetValue(name)!, call.GetValue(parent)!, root.Catalogues(call)))
                    Console.WriteLine(path);
                return 0;
            });
            command.Subcommands.Add(kind);
        }
        return command;
    }

    public static Command Doctor(CompositionRoot root)
    {
        var command = new Command("doctor", "What is installed, reachable and writable.");
        command.SetAction(call =>
        {
            var checks = Machine.Check(root.Catalogues(call));
            TableWriter.Write("", [Column.Text("Check"), Column.Text("Result"), Column.Text("Found")],
                checks.Select(c => new[] { c.What, c.Result, c.Found }));
            return checks.Any(c => c.IsFault) ? CommandLine.Failed : 0;
        });
        return command;
    }
}
