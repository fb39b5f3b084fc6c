using System.CommandLine;
using Granary.Api;
using Granary.Api.Hosting;
using Granary.Assistants;
using Granary.Assistants.Calls;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Server.Access;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Cli.Commands;

/// <summary><c>granary mcp</c>: the MCP server of one assistant, on standard input and output.</summary>
internal static class McpCommand
{
    private sealed record Options
    {
        [Key("the folder of the bars; the assistant may name only files in it")]
        public string Data { get; init; } = ".";
        [Key("the folder of the runs")]
        public string Runs { get; init; } = "runs";
        [Key("how many different combinations the assistant may try (any number)")]
        public int? Trials { get; init; }
        [Key("bars that close after this time are invisible to the assistant, such as 2024-01-01 (none)")]
        public string? Holdout { get; init; }
        [Key("the name of the assistant, to which its trials are charged")]
        public string Name { get; init; } = "mcp";
        [Key("threads to use (all)")]
        public int Threads { get; init; } = Environment.ProcessorCount;
    }

    public static Command Create(CompositionRoot root)
    {
        var command = new Command("mcp", "Serve an assistant by the Model Context Protocol, on standard input and output.");
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            // Standard output has the protocol alone, also if a strategy writes to the console.
            Console.SetOut(Console.Error);
            using var runs = ServeCommand.Own(given.Runs, "--runs", "'granary mcp'");
            var host = Build(given, root.Catalogues(call), LimitsOf(given));
            // Jobs of an earlier process continue before the assistant asks.
            _ = host.Services.GetRequiredService<IJobService>();
            await host.RunAsync(token);
            await HostEnd.DisposeAsync((IAsyncDisposable)host, code: 0);
            return 0;
        });
        return command;
    }

    private static IHost Build(Options given, GranaryCatalogues catalogues, TrialLimits? limits)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning)
            .AddFilter(AssistantSetup.LibraryLog, LogLevel.None);
        var runs = Path.GetFullPath(given.Runs);
        var settings = new ApiSettings { DataFolder = ServeCommand.DataFolder(given.Data), Confined = true, Runs = runs };
        builder.Services.AddJobServices(settings, settings.Confine(catalogues));
        builder.Services.AddLocalJobs(runs, s => new HostedRunner(new EmbeddedHost(given.Threads) { Yields = true }, TimeProvider.System,
            given.Threads, runs, TrialLedger.OfUser(), s.GetRequiredService<RunningBatches>()));
        var caller = new Caller(given.Name, Role.Submitter) { Limits = limits };
        builder.Services.AddAssistants(new AssistantCallers(_ => caller)).WithStdioServerTransport();
        return builder.Build();
    }

    private static TrialLimits? LimitsOf(Options given)
    {
        if (given.Name.Length is 0 or > 100 || given.Name.Any(char.IsControl))
            throw new InputException($"--name '{given.Name}': use 1 to 100 printable characters");
        var holdout = Given.Time(given.Holdout, "--holdout");
        if (given.Trials is null && holdout is null) return null;
        var limits = new TrialLimits(given.Trials, holdout is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null);
        limits.Check(Role.Submitter, code: false);
        return limits;
    }
}
