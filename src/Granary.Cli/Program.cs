using System.CommandLine;
using Granary.Cli;
using Granary.Cli.Commands;

_ = FeltTime.OfProcess;
var host = new CompositionRoot();
var root = new RootCommand("Granary: one strategy in a backtest, on paper and live; thousands side by side.")
{
    BacktestCommand.Create(host),
    ReplayCommand.Create(host),
    WalkForwardCommand.Create(host),
    CatalogueCommands.Strategies(host),
    CatalogueCommands.Factors(host),
    CatalogueCommands.Trainers(host),
    CatalogueCommands.Brokers(host),
    DataCommands.Create(host),
    AnalyzeCommand.Create(),
    LearnCommand.Create(host),
    TrackCommand.Create(host),
    ReinforceCommand.Create(),
    LearningCommands.Train(host),
    LearningCommands.Evaluate(host),
    LearningCommands.Experiment(host),
    ModelsCommands.Create(host),
    LiveCommand.Create(host),
    SessionCommands.Create(),
    VerifyCommand.Create(host),
    ReportCommand.Create(host),
    CompareCommand.Create(host),
    HostCommands.Serve(host),
    HostCommands.Keys(),
    HostCommands.New(host),
    HostCommands.Doctor(host),
};
root.Options.Add(host.Plugins);
return await CommandLine.RunAsync(root, host, args);
