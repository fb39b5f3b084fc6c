using System.CommandLine;

namespace Granary.Cli.Commands;

/// <summary>
/// The commands of <c>granary</c> by name. A call creates only the command that it names, because creating all of them takes half of the
/// time of a short call.
/// </summary>
internal static class CommandTable
{
    /// <summary>In the order of the help.</summary>
    public static IReadOnlyList<(string Name, Func<CompositionRoot, Command> Create)> All { get; } =
    [
        ("quickstart", QuickstartCommand.Create),
        ("backtest", BacktestCommand.Create),
        ("replay", ReplayCommand.Create),
        ("walkforward", WalkForwardCommand.Create),
        ("optimise", OptimiseCommand.Create),
        ("strategies", CatalogueCommands.Strategies),
        ("factors", CatalogueCommands.Factors),
        ("trainers", CatalogueCommands.Trainers),
        ("broker", BrokerCommands.Create),
        ("data", DataCommands.Create),
        ("combine", CombineCommand.Create),
        ("analyze", root => AnalyzeCommand.Create(root)),
        ("features", FeaturesCommand.Create),
        ("learn", LearnCommand.Create),
        ("drift", _ => DriftCommand.Create()),
        ("track", TrackCommand.Create),
        ("reinforce", ReinforceCommand.Create),
        ("train", LearningCommands.Train),
        ("evaluate", LearningCommands.Evaluate),
        ("experiment", ExperimentCommand.Create),
        ("models", ModelsCommands.Create),
        ("live", LiveCommand.Create),
        ("deployments", DeploymentsCommands.Create),
        ("session", SessionCommands.Create),
        ("costs", CostsCommands.Create),
        ("schedules", ScheduleCommands.Create),
        ("cluster", ClusterCommands.Create),
        ("verify", VerifyCommand.Create),
        ("report", ReportCommand.Create),
        ("compare", CompareCommand.Create),
        ("parity", ParityCommand.Create),
        ("why", WhyCommand.Create),
        ("export", ExportCommand.Create),
        ("serve", ServeCommand.Create),
        ("mcp", McpCommand.Create),
        ("health", _ => HealthCommand.Create()),
        ("holdout", HoldoutCommands.Create),
        ("keys", _ => KeysCommands.Create()),
        ("setup", _ => SetupCommands.Create()),
        ("audit", _ => AuditCommands.Create()),
        ("notify", _ => NotifyCommands.Create()),
        ("new", HostCommands.New),
        ("doctor", HostCommands.Doctor),
        ("explain", ExplainCommand.Create),
        ("completion", _ => CompletionCommand.Create()),
    ];

    /// <summary>Creates the command that the first argument names; all commands for help or an unknown name.</summary>
    public static RootCommand Create(CompositionRoot host, string[] arguments)
    {
        var root = new RootCommand("Granary: one strategy in a backtest, on paper and live; thousands side by side.");
        var named = All.Where(c => arguments is [var first, ..] && c.Name == first).ToList();
        foreach (var (_, create) in named.Count > 0 ? named : All)
        {
            var command = create(host);
            CommandExamples.AddTo(command);
            root.Add(command);
        }
        root.Options.Add(host.Plugins);
        return root;
    }
}
